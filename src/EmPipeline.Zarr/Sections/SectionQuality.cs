using EmPipeline.Volumes;
using EmPipeline.Volumes.Sections;

namespace EmPipeline.Zarr.Sections;

/// <summary>The quality of a written volume's sections. What its table does not hold whole, as after a loss of power or of a volume that is older than the table, is made again from the shards.</summary>
internal static class SectionQuality
{
    /// <param name="finest">Reads the finest level as it was written.</param>
    public static Task<IReadOnlyList<SectionRecord>> JudgeAsync(SectionTable table, IVolumeReader finest, ReadOnlyMemory<byte> fill, int threads, CancellationToken cancellation)
    {
        return SectionSurvey.RunAsync(table.Grid, ReadAsync, threads, cancellation);

        async ValueTask ReadAsync(NdIndex part, int first, int count, Memory<byte> records, CancellationToken stop)
        {
            if (table.TryRead(part, first, count, records.Span))
                return;
            var valid = table.Grid.Level.ValidPart(part);
            using var voxels = new NativeBuffer(checked((int)(valid.Volume * table.Grid.Type.Size())));
            await finest.ReadAsync(valid, voxels.Memory, stop);
            SectionSurvey.Take(table, part, voxels.Memory, fill);
            if (!table.TryRead(part, first, count, records.Span))
                throw new InvalidOperationException($"part {part}: its sections were written, and cannot be read.");
        }
    }
}
