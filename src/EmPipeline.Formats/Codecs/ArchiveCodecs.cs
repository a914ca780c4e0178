using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Codecs;

/// <summary>The codecs of Zarr that take an archive library: what writes volumes and what trains on them does without.</summary>
internal static class ArchiveCodecs
{
    /// <summary>By the names under which <see cref="EmPipeline.Zarr.Filters.NumcodecsCodecs"/> asks for them.</summary>
    public static IReadOnlyDictionary<string, IBytesCodec> All { get; } = new Dictionary<string, IBytesCodec>
    {
        ["bz2"] = Bzip2Codec.Default,
        ["xz"] = XzCodec.Default,
        ["lzma"] = LzmaCodec.Default,
    };
}
