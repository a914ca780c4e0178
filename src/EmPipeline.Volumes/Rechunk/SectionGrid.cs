using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// How sections, the planes across z, are looked at: in square patches of voxels, each with its mean and one voxel drawn from it, so that what is
/// kept of a section is a small picture and an even sample. A part of a shard leaves a record of fixed length for each section in it.
/// </summary>
public sealed record SectionGrid
{
    // Enough to see a shift of a tenth of it, and few enough to compare pictures in the time that a hundredth of the voxels takes.
    private const int MostPatches = 96;
    private const int LeastPatch = 4;

    private SectionGrid(LevelGrid level, VoxelType type, int patch)
    {
        (Level, Type, Patch) = (level, type, patch);
        var part = NdIndex.Min(level.Part, level.Shape);
        (Rows, Columns) = ((int)((part[1] + patch - 1) / patch), (int)((part[2] + patch - 1) / patch));
        RecordLength = SectionPart.HeaderLength + (Rows * Columns * (MeanLength + type.Size()));
        SlotLength = checked((int)part[0] * RecordLength);
    }

    /// <summary>The finest level.</summary>
    public LevelGrid Level { get; }

    public VoxelType Type { get; }

    /// <summary>The edge of a patch, along y and x, in voxels: even.</summary>
    public int Patch { get; }

    /// <summary>Rows of patches of a part.</summary>
    public int Rows { get; }

    /// <summary>Columns of patches of a part.</summary>
    public int Columns { get; }

    /// <summary>Bytes that a part leaves of one section.</summary>
    public int RecordLength { get; }

    /// <summary>Bytes that a part leaves in all; one at the volume's edge fills only the first of them.</summary>
    public int SlotLength { get; }

    /// <summary>Bytes of a patch's mean: 1/256ths of a grey value for types of one byte, else a float.</summary>
    internal int MeanLength => Type.Size() == 1 ? sizeof(ushort) : sizeof(float);

    /// <summary>The grid for a volume; null where its chunks have odd edges, which no patch fits.</summary>
    /// <param name="level">The finest level.</param>
    public static SectionGrid? For(LevelGrid level, VoxelType type)
    {
        var (chunk, part, widest) = (level.Chunk[1], level.Part[2], Math.Max(level.Shape[1], level.Shape[2]));
        var patch = 0;
        for (var edge = 2; edge <= Math.Min(chunk, 64); edge += 2)
        {
            if (chunk % edge != 0 || part % edge != 0)
                continue;
            patch = edge;
            if (edge >= LeastPatch && (widest + edge - 1) / edge <= MostPatches)
                break;
        }

        return patch == 0 ? null : new SectionGrid(level, type, patch);
    }
}
