using System.Text.Json.Nodes;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Zarr;

/// <summary>What a Zarr volume is to be like, and what may be used to make it.</summary>
public sealed record RechunkOptions
{
    /// <summary>The most pyramid levels that can be asked for.</summary>
    public const int MostLevels = 16;

    /// <summary>The most inner chunks of a shard: its index, 16 bytes each, is in memory as long as the shard is made, and whenever it is read.</summary>
    public const long MostChunks = 1 << 24;

    /// <summary>The most bytes of an inner chunk: several are in memory for each thread.</summary>
    public const long MostChunkBytes = 1 << 28;

    /// <summary>The volume's name in the multiscales metadata.</summary>
    public string Name { get; init; } = "";

    /// <summary>Identifies the source's content: with the options it decides whether an earlier run's shards can be kept.</summary>
    public string SourceIdentity { get; init; } = "";

    /// <summary>The unit of writing, z, y, x; a multiple of <see cref="Block"/>, even on every axis.</summary>
    public NdIndex Shard { get; init; } = NdIndex.Filled(3, 128);

    /// <summary>
    /// The unit of statistics, of the catalogue and of sampling, z, y, x; a multiple of <see cref="Chunk"/>, even on every axis. Unless set
    /// it is 128 on each axis, or the shard's edge where 128 does not divide that or is no multiple of the chunk's.
    /// </summary>
    public NdIndex Block { get => field.Rank == 0 ? UsualBlock(Shard, Chunk) : field; init; }

    /// <summary>The unit of reading, z, y, x.</summary>
    public NdIndex Chunk { get; init; } = NdIndex.Filled(3, 32);

    public ShardCodec Codec { get; init; } = ShardCodec.Auto;

    /// <summary>How many pyramid levels; null: until one shard holds a level.</summary>
    public int? Levels { get; init; }

    /// <summary>What its values mean, where the volume is a label; its folder is then <see cref="LabelDescription.Path"/> below an image's group. Null for an image.</summary>
    public LabelDescription? Label { get; init; }

    /// <summary>A file for what is known of the image's sections (<see cref="RechunkResult.Sections"/>), kept between runs like the table of shards; null: nobody asks. Not of a label.</summary>
    public string? SectionTablePath { get; init; }

    /// <summary>The folder of what portions' runs leave (<see cref="Portions.PortionedRechunk"/>), taken up and removed by the run that ends the volume; null: none.</summary>
    public string? PortionsFolder { get; init; }

    /// <summary>How voxels are merged; null: <see cref="DownsampleMethods.DefaultFor"/>, and of labels the most frequent value.</summary>
    public DownsampleMethod? Downsample { get; init; }

    /// <summary>
    /// The most that buffers may take. The plan takes what helps and no more: usually far less (a run's resident memory is some 100 MiB more
    /// than its buffers).
    /// </summary>
    public long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>How many shards are worked on at once; 0: one a core.</summary>
    public int Threads { get; init; }

    /// <summary>In nanometres; axes whose size is unknown get no unit.</summary>
    public VoxelSize VoxelSize { get; init; }

    /// <summary>Further attributes of the group (provenance).</summary>
    public JsonObject? Attributes { get; init; }

    private static NdIndex UsualBlock(NdIndex shard, NdIndex chunk)
    {
        const long usual = 128;
        for (var axis = 0; axis < shard.Rank; axis++)
        {
            if (shard[axis] % usual == 0 && chunk.Rank == shard.Rank && chunk[axis] > 0 && usual % chunk[axis] == 0)
                shard[axis] = usual;
        }

        return shard;
    }
}
