using EmPipeline.Formats.Codecs;
using EmPipeline.Zarr.Codecs;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Formats.N5;

/// <summary>The compressions of N5 by their "type".</summary>
internal static class N5Codecs
{
    /// <summary>The codec that a dataset's attributes name, null for none. One that is unknown is refused when voxels are read.</summary>
    /// <exception cref="Volumes.EmException">The attributes name none.</exception>
    public static IBytesCodec? Of(JsonField attributes)
    {
        // N5 before version 2 had "compressionType" and no settings.
        var compression = attributes.FindValue("compression") ?? attributes.FindValue("compressionType") ?? attributes.Require("compression");
        var type = compression.AsText() ?? compression.Require("type").Text();
        return type switch
        {
            "raw" => null,
            "gzip" when compression.Find("useZlib")?.Element.ValueKind == System.Text.Json.JsonValueKind.True => ZlibCodec.Default,
            "gzip" => GzipCodec.Default,
            "zlib" => ZlibCodec.Default,
            "bzip2" => Bzip2Codec.Default,
            "xz" => XzCodec.Default,
            "lz4" => new N5Lz4Codec(),
            "blosc" => BloscCodec.Default,
            "zstd" => ZstdCodec.Default,
            _ => new RefusedCodec($"compression '{type}'"),
        };
    }
}
