using EmPipeline.Volumes;
using EmPipeline.Zarr;
using static TorchSharp.torch;

namespace EmPipeline.Torch;

/// <summary>How a volume is predicted, and what is kept. Extents are z, y, x, in voxels of the level that is read.</summary>
public sealed record PredictOptions
{
    /// <summary>What the model's output channels are, in their order: "mitochondria". Names of folders: a–z, 0–9, - and _.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>Identifies the model, such as the SHA-256 of its weights' file: a run goes on with what an earlier one of the same model left.</summary>
    public required string ModelHash { get; init; }

    /// <summary>The label volume's name where <see cref="Labels"/> is <see cref="LabelRule.ArgMax"/>.</summary>
    public string Name { get; init; } = "classes";

    /// <summary>What the model is given at once.</summary>
    public NdIndex Tile { get; init; } = NdIndex.Filled(3, 96);

    /// <summary>How many of a tile's voxels, on each side, the model needs to see but does not predict: what it gives for them is dropped.</summary>
    public NdIndex Halo { get; init; } = NdIndex.Filled(3, 0);

    /// <summary>How far neighbouring tiles, without their halos, overlap; a quarter of them unless set.</summary>
    public NdIndex Overlap { get => field.Rank == 0 ? NdIndex.FloorDivide(Core, NdIndex.Filled(3, 4)) : field; init; }

    /// <summary>
    /// Where tiles overlap each counts by a Gaussian around its centre, of this deviation in tile edges, never less than 0.001 of its peak.
    /// <see cref="double.PositiveInfinity"/>: all alike.
    /// </summary>
    public double Sigma { get; init; } = 0.125;

    public BorderPolicy Border { get; init; } = BorderPolicy.Reflect;

    /// <summary>How many tiles the model is given at once.</summary>
    public int BatchSize { get; init; } = 2;

    /// <summary>Subtracted from grey values; the catalogue's mean of the volume unless set, 0 where there is no catalogue.</summary>
    public double? Mean { get; init; }

    /// <summary>What is left is divided by this; the catalogue's deviation of the volume unless set, 1 where there is no catalogue.</summary>
    public double? Deviation { get; init; }

    /// <summary>Where the model is; the CPU unless set.</summary>
    public Device Device { get; init; } = CPU;

    public ProbabilityStorage Probabilities { get; init; } = ProbabilityStorage.UInt8;

    public LabelRule Labels { get; init; } = LabelRule.Threshold;

    public double Threshold { get; init; } = 0.5;

    /// <summary>The most that sums and buffers of the output may take; what the model itself takes is not in it.</summary>
    public long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>As in <see cref="RechunkOptions.Shard"/>.</summary>
    public NdIndex Shard { get; init; } = NdIndex.Filled(3, 128);

    /// <summary>As in <see cref="RechunkOptions.Chunk"/>.</summary>
    public NdIndex Chunk { get; init; } = NdIndex.Filled(3, 32);

    /// <summary>zstd 1 unless set; "auto" is not for what is computed.</summary>
    public ShardCodec Codec { get; init; } = ShardCodec.Zstd();

    /// <summary>How many pyramid levels; null: until one shard holds a level.</summary>
    public int? Levels { get; init; }

    /// <summary>What of a tile is kept.</summary>
    internal NdIndex Core => Tile - Halo - Halo;
}
