using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Labels;

/// <summary>Takes what is counted of a label, row by row, in any order, from several threads at once. Each place is given once.</summary>
internal interface ILabelTallySink
{
    /// <param name="first">The first one's position in the label's grid of inner chunks; the others follow along x.</param>
    void WriteChunks(NdIndex first, IReadOnlyList<LabelTally> row);

    /// <param name="first">The first one's position in the image's grid of blocks; the others follow along x.</param>
    void WriteBlocks(NdIndex first, IReadOnlyList<LabelTally> row);
}
