using EmPipeline.Catalog;
using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>
/// The voxels of one class in the blocks of one query: chunks with running sums of their voxels. A chunk that lies only partly in chosen blocks counts
/// by that share of it, since how many of its voxels of the class lie there is known when it is read. Immutable; safe for concurrent use.
/// </summary>
internal sealed class ClassVoxels
{
    // Chunks that lie partly in chosen blocks may have no voxel of the class there.
    private const int MostDraws = 100;
    private readonly string _name;
    private readonly LabelChunks _chunks;
    private readonly IReadOnlyList<Layer> _layers;
    private readonly List<(int Row, int Layer)> _rows = [];
    private readonly List<long> _ends = [];

    /// <summary>One label over one volume of the query.</summary>
    /// <param name="Rows">The label's rows of the chunks.</param>
    internal sealed record Layer(LabelChunkRange Rows, LabelChunkReader Reader, LabelValues Values, ChunkParts Parts, BlockVolume Volume, ChosenBlocks Chosen);

    public ClassVoxels(string name, LabelChunks chunks, IReadOnlyList<Layer> layers)
    {
        (_name, _chunks, _layers) = (name, chunks, layers);
        for (var number = 0; number < layers.Count; number++)
        {
            var layer = layers[number];
            for (var row = layer.Rows.First; row < layer.Rows.End; row++)
            {
                var chunk = chunks[row];
                var (chosen, whole) = (layer.Parts.Chosen(chunk.Origin, layer.Chosen), layer.Parts.Box(chunk.Origin).Volume);
                if (chosen == 0)
                    continue;
                _rows.Add((row, number));
                Voxels += Math.Max(1, (long)((double)chunk.Voxels * chosen / whole));
                _ends.Add(Voxels);
            }
        }
    }

    /// <summary>How many there are; an estimate where chunks lie partly in chosen blocks.</summary>
    public long Voxels { get; }

    /// <summary>Draws one of them.</summary>
    /// <returns>The image voxel that it lies in, and its block.</returns>
    /// <exception cref="EmException">The label cannot be read, or holds less than the catalogue says.</exception>
    public async ValueTask<(NdIndex Voxel, BlockRef Block, ChosenBlocks Chosen)> DrawAsync(SplitMix64 random, CancellationToken cancellation)
    {
        for (var draw = 0; draw < MostDraws; draw++)
        {
            var found = _ends.BinarySearch(random.Below(Voxels));
            var (row, number) = _rows[found >= 0 ? found + 1 : ~found];
            var (layer, origin) = (_layers[number], _chunks[row].Origin);
            var parts = layer.Parts.Parts(origin, layer.Chosen);
            try
            {
                var drawn = await layer.Reader.DrawAsync(layer.Parts.Box(origin), [.. parts.Select(part => part.Box)], layer.Values, random.Next(), cancellation);
                if (drawn is { } voxel)
                {
                    var first = parts[voxel.Part].Cell * layer.Volume.Block;
                    return (layer.Parts.ImageVoxel(voxel.Voxel), new BlockRef(layer.Volume, first[0], first[1], first[2]), layer.Chosen);
                }
            }
            catch (EmException error)
            {
                throw new EmException(error.Fault, $"{Place(layer)} {origin}: {error.Message}", error);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw BlockFailures.Of($"{Place(layer)} {origin}", error);
            }
        }

        throw EmException.Corrupt(Place(_layers[0]), $"got {MostDraws} chunks without a voxel of class '{_name}', expected them to have some as in the catalogue. Run ./build.sh Catalog.");
    }

    private static string Place(Layer layer) => $"label {layer.Rows.Label.Origin}/{layer.Rows.Label.Label} of {layer.Volume.Dataset}";
}
