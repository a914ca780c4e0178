using System.Globalization;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr;

/// <summary>How inner chunks are stored.</summary>
/// <param name="Name">"zstd", "lz4", "raw" or "auto".</param>
/// <param name="Level">The level of zstd or LZ4 HC; of "auto" the zstd level that it tries.</param>
public readonly record struct ShardCodec(string Name, int Level = 1)
{
    private const int DefaultLz4Level = 4;

    /// <summary>From this many bytes a voxel on, LZ4's quick search finds what is long enough: neurons of uint64 are decoded as fast and written four times as fast.</summary>
    private const int WideVoxel = 4;

    /// <summary>Of an image raw unless zstd 1 saves at least a fifth of a few sampled chunks; of labels LZ4.</summary>
    public static ShardCodec Auto => new("auto");

    /// <summary>As they are.</summary>
    public static ShardCodec Raw => new("raw", 0);

    public bool IsZstd => Name == "zstd";

    public bool IsLz4 => Name == "lz4";

    public bool IsAuto => Name == "auto";

    public static ShardCodec Zstd(int level = 1) => new("zstd", level);

    /// <summary>LZ4 in Blosc's container, as Zarr has it.</summary>
    public static ShardCodec Lz4(int level = DefaultLz4Level) => new("lz4", level);

    /// <summary>Reads "auto", "raw", "zstd", "lz4", "zstd:LEVEL" with a level of 1 to 22 or "lz4:LEVEL" of 1 to 9; what <see cref="ToString"/> writes among them.</summary>
    /// <exception cref="EmException">It is none of these.</exception>
    public static ShardCodec Parse(string text)
    {
        ShardCodec? codec = text.Split(':') switch
        {
            ["raw"] => Raw,
            ["auto"] => Auto,
            ["zstd"] => Zstd(),
            ["lz4"] => Lz4(),
            [("zstd" or "auto" or "lz4") and var name, var level] when int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => new(name, number),
            _ => null,
        };
        return codec is { IsValid: true } valid
            ? valid
            : throw new EmException(Fault.Configuration, $"codec: got '{text}', expected auto, raw, zstd, lz4, zstd:LEVEL with a level of 1 to 22, or lz4:LEVEL of 1 to 9.");
    }

    /// <summary>The name and level as <see cref="Parse"/> reads them.</summary>
    public override string ToString() => Name == "raw" ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}:{Level}");

    /// <summary>What "auto" means for labels.</summary>
    internal static ShardCodec OfLabels(VoxelType type) => Lz4(type.Size() < WideVoxel ? DefaultLz4Level : BloscLz4Encoder.LeastLevel);

    /// <summary>Whether there is such a codec.</summary>
    internal bool IsValid => Name switch
    {
        "raw" => true,
        "zstd" or "auto" => Level is >= 1 and <= 22,
        "lz4" => Level is >= BloscLz4Encoder.LeastLevel and <= BloscLz4Encoder.MostLevel,
        _ => false,
    };

    /// <summary>What chunks of voxels of that many bytes are encoded with; null: nothing.</summary>
    internal IBytesEncoder? Encoder(int elementSize) => IsZstd ? new ZstdCodec(Level) : IsLz4 ? new BloscLz4Encoder(Level, elementSize) : null;
}
