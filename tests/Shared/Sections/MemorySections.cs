using System.Collections.Concurrent;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Volumes.Sections;

namespace EmPipeline.Tests;

/// <summary>Keeps what parts say of their sections.</summary>
internal sealed class MemorySections(SectionGrid grid) : ISectionSink
{
    public ConcurrentDictionary<NdIndex, byte[]> Parts { get; } = new();

    public SectionGrid Grid => grid;

    public void Write(NdIndex part, Span<byte> records) => Parts[part] = records.ToArray();

    public ValueTask ReadAsync(NdIndex part, int first, int count, Memory<byte> records, CancellationToken cancellation)
    {
        Parts[part].AsMemory(first * grid.RecordLength, count * grid.RecordLength).CopyTo(records);
        return ValueTask.CompletedTask;
    }

    /// <summary>What is known of the sections of a volume of bytes, C order.</summary>
    public static Task<IReadOnlyList<SectionRecord>> SurveyAsync(byte[] voxels, NdIndex shape)
    {
        var (edge, chunk) = (NdIndex.Filled(3, 128), NdIndex.Filled(3, 32));
        var sections = Of(SectionGrid.For(LevelGrid.Pyramid(shape, VoxelType.UInt8, edge, edge, chunk, 1)[0], VoxelType.UInt8)!, voxels);
        return SectionSurvey.RunAsync(sections.Grid, sections.ReadAsync, Environment.ProcessorCount);
    }

    /// <summary>What the parts of a volume say when each is taken by itself.</summary>
    public static MemorySections Of(SectionGrid grid, byte[] voxels)
    {
        var (sections, size) = (new MemorySections(grid), grid.Type.Size());
        foreach (var part in Box.Whole(grid.Level.PartGrid).CellsTouched(NdIndex.Filled(3, 1)))
        {
            var valid = grid.Level.ValidPart(part);
            var own = new byte[valid.Volume * size];
            StridedCopy.Copy(voxels, Box.Whole(grid.Level.Shape), own, valid, size);
            SectionSurvey.Take(sections, part, own, new byte[size]);
        }

        return sections;
    }
}
