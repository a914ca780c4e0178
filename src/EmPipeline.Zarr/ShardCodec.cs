using System.Globalization;
using EmPipeline.Volumes;

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

    /// <summary>Reads "auto", "raw", "zstd" or "zstd:LEVEL" with a level of 1 to 22; what <see cref="ToString"/> writes among them.</summary>
    /// <exception cref="EmException">It is none of these.</exception>
    public static ShardCodec Parse(string text) => text.Split(':') switch
    {
        ["raw"] => Raw,
        ["auto"] => Auto,
        ["zstd"] => Zstd(),
        [("zstd" or "auto") and var name, var level] when int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 22 =>
            new(name, number),
        _ => throw new EmException(Fault.Configuration, $"codec: got '{text}', expected auto, raw, zstd, or zstd:LEVEL with a level of 1 to 22."),
    };

    /// <summary>The name and level as <see cref="Parse"/> reads them.</summary>
    public override string ToString() => Name == "raw" ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}:{Level}");
}
