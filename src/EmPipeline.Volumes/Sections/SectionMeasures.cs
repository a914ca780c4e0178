using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Volumes.Sections;

/// <summary>Puts sections together from their parts, a few at a time, so that memory is bounded however large the volume is.</summary>
internal static class SectionMeasures
{
    private const long BatchBytes = 2 << 20;

    // Of a patch, in an image and in the picture made of it: mean, drawn voxel, pixel, spectrum.
    private const int PatchBytes = sizeof(float) + sizeof(double) + sizeof(float) + (2 * sizeof(float));

    /// <summary>Measures every section, by index.</summary>
    public static async Task<IReadOnlyList<SectionMeasure>> TakeAsync(SectionGrid grid, SectionSurvey.ReadRecords read, int threads, CancellationToken cancellation)
    {
        var level = grid.Level;
        var across = level.PartGrid[1] * level.PartGrid[2];
        var batch = (int)Math.Clamp(BatchBytes / (across * (grid.RecordLength + ((long)grid.Rows * grid.Columns * PatchBytes))), 1, level.Part[0]);
        var measures = new List<SectionMeasure>(checked((int)level.Shape[0]));
        (SectionImage Image, SectionPicture Picture)? last = null;
        var buffers = new byte[across][];
        for (var i = 0; i < buffers.Length; i++)
            buffers[i] = new byte[batch * grid.RecordLength];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        for (var layer = 0L; layer < level.PartGrid[0]; layer++)
        {
            var depth = (int)Math.Min(level.Part[0], level.Shape[0] - (layer * level.Part[0]));
            for (var first = 0; first < depth; first += batch)
            {
                var count = Math.Min(batch, depth - first);
                await Parallel.ForAsync(0, buffers.Length, options, async (i, stop) =>
                    await read(new NdIndex(layer, i / level.PartGrid[2], i % level.PartGrid[2]), first, count, buffers[i].AsMemory(0, count * grid.RecordLength), stop));
                var images = new (SectionImage Image, SectionPicture Picture)[count];
                Parallel.For(0, count, options, i =>
                {
                    var image = SectionImage.Of(grid, [.. buffers.Select(buffer => (ReadOnlyMemory<byte>)buffer.AsMemory(i * grid.RecordLength, grid.RecordLength))]);
                    images[i] = (image, new SectionPicture(image, grid.Patch));
                });
                var measured = new SectionMeasure[count];
                Parallel.For(0, count, options, i =>
                {
                    var before = i == 0 ? last : images[i - 1];
                    measured[i] = SectionMeasure.Of((layer * level.Part[0]) + first + i, images[i].Image, images[i].Picture, before?.Image, before?.Picture);
                });
                measures.AddRange(measured);
                last = images[^1];
            }
        }

        return measures;
    }
}
