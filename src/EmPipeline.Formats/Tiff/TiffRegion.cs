using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>A box of a series taken apart: which pages, which of their planes, which pixels of each plane.</summary>
/// <param name="Stacked">Over the axes along which pages are stacked.</param>
/// <param name="FirstPlane">Planes of a page (samples stored apart), half-open with <paramref name="EndPlane"/>.</param>
/// <param name="Pixels">Axes y, x, sample.</param>
internal readonly record struct TiffRegion(Box Stacked, int FirstPlane, int EndPlane, Box Pixels)
{
    public static TiffRegion Of(Box box, int stackedAxes, TiffLayout layout)
    {
        var axis = stackedAxes;
        var (firstPlane, endPlane) = (0, 1);
        if (layout.Planes > 1)
        {
            (firstPlane, endPlane) = ((int)box.Origin[axis], (int)box.End[axis]);
            axis++;
        }

        var hasSamples = layout.SamplesPerPlane > 1;
        var pixels = new Box(
            new NdIndex(box.Origin[axis], box.Origin[axis + 1], hasSamples ? box.Origin[axis + 2] : 0),
            new NdIndex(box.Shape[axis], box.Shape[axis + 1], hasSamples ? box.Shape[axis + 2] : 1));
        return new TiffRegion(new Box(Start(box.Origin, stackedAxes), Start(box.Shape, stackedAxes)), firstPlane, endPlane, pixels);
    }

    /// <summary>The stacked pages in C order, as positions in a list of all of them.</summary>
    public IEnumerable<long> Planes(NdIndex shape)
    {
        if (shape.Rank == 0)
        {
            yield return 0;
            yield break;
        }

        foreach (var position in Stacked.CellsTouched(NdIndex.Filled(shape.Rank, 1)))
        {
            var index = 0L;
            for (var axis = 0; axis < shape.Rank; axis++)
                index = (index * shape[axis]) + position[axis];
            yield return index;
        }
    }

    private static NdIndex Start(NdIndex index, int rank) => new(index.ToArray().AsSpan(0, rank));
}
