using System.Globalization;

namespace EmPipeline.Zarr;

/// <summary>How inner chunks are stored.</summary>
/// <param name="Name">"zstd", "raw" or "auto".</param>
/// <param name="Level">The zstd level; of "auto" the one it tries.</param>
public readonly record struct ShardCodec(string Name, int Level = 1)
{
    /// <summary>Raw unless zstd 1 saves at least a fifth of a few sampled chunks.</summary>
    public static ShardCodec Auto => new("auto");

    /// <summary>As they are.</summary>
    public static ShardCodec Raw => new("raw", 0);

    public static ShardCodec Zstd(int level = 1) => new("zstd", level);

    public bool IsZstd => Name == "zstd";

    public bool IsAuto => Name == "auto";

    public override string ToString() => Name == "raw" ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}:{Level}");
}
