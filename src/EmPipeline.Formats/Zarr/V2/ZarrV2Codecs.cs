using EmPipeline.Formats.Codecs;
using EmPipeline.Formats.Json;
using EmPipeline.Formats.Zarr.V2.Filters;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Zarr.V2;

/// <summary>The compressors and filters of numcodecs by their "id".</summary>
internal static class ZarrV2Codecs
{
    /// <summary>The chain that undoes the "compressor" and "filters" of a .zarray.</summary>
    /// <exception cref="EmException">The settings of one are wrong. One that is unknown is refused when voxels are read.</exception>
    public static ZarrV2Chain ChainOf(ZarrV2Metadata metadata)
    {
        var codecs = new List<IBytesCodec>();
        if (metadata.Json.FindValue("compressor") is { } compressor)
            codecs.Add(Create(compressor, metadata.Type));
        if (metadata.Json.FindValue("filters") is { } filters)
            codecs.AddRange(filters.Items().Reverse().Select(filter => Create(filter, metadata.Type)));
        return new ZarrV2Chain(codecs, checked((int)(metadata.Chunks.Volume * metadata.Type.ElementSize)));
    }

    private static IBytesCodec Create(JsonField field, ZarrV2Type type) => field.Require("id").Text() switch
    {
        "blosc" => BloscCodec.Default,
        "zstd" => ZstdCodec.Default,
        "gzip" => GzipCodec.Default,
        "zlib" => ZlibCodec.Default,
        "lz4" => Lz4Codec.Default,
        "bz2" => Bzip2Codec.Default,
        // 1 is the .xz container, the default; the others are bare LZMA streams.
        "lzma" when (field.FindValue("format")?.Integer() ?? 1) == 1 => XzCodec.Default,
        "shuffle" => new ShuffleFilter(ElementSize(field)),
        "delta" => new DeltaFilter(TypeOf(field, "dtype", type), TypeOf(field, "astype", TypeOf(field, "dtype", type))),
        "fixedscaleoffset" => new ScaleOffsetFilter(
            TypeOf(field, "dtype", type), TypeOf(field, "astype", TypeOf(field, "dtype", type)), Number(field, "scale"), Number(field, "offset")),
        // Both only lose precision when they encode; what they store is of the type that they name.
        "quantize" => new ConversionFilter(TypeOf(field, "dtype", type), TypeOf(field, "astype", TypeOf(field, "dtype", type))),
        "bitround" => new ConversionFilter(type, type),
        "astype" => new ConversionFilter(TypeOf(field, "decode_dtype", type), TypeOf(field, "encode_dtype", type)),
        "packbits" => new PackBitsFilter(),
        "crc32" => new ChecksumFilter("crc32", Checksums.Crc32, AtEnd(field, false)),
        "adler32" => new ChecksumFilter("adler32", Checksums.Adler32, AtEnd(field, false)),
        "crc32c" => new ChecksumFilter("crc32c", Crc32C.Compute, AtEnd(field, true)),
        "fletcher32" => new ChecksumFilter("fletcher32", Checksums.Fletcher32, atEnd: true),
        var id => new RefusedCodec($"{field.Path} '{id}'"),
    };

    private static ZarrV2Type TypeOf(JsonField field, string name, ZarrV2Type otherwise)
    {
        if (field.FindValue(name) is not { } found)
            return otherwise;
        var type = ZarrV2Type.Parse(found);
        return type.IsComplex ? throw EmException.Unsupported(field.File.ToString(), $"{field.Path} of complex numbers") : type;
    }

    private static double Number(JsonField field, string name) => field.Require(name) is var found ? found.AsNumber() ?? throw found.Wrong("a number") : 0;

    private static int ElementSize(JsonField field) => field.FindValue("elementsize") switch
    {
        null => 4,
        { } found => found.Integer() is > 0 and <= 256 and var size ? size : throw found.Wrong("1 to 256"),
    };

    private static bool AtEnd(JsonField field, bool otherwise) => field.FindValue("location")?.Text() switch { null => otherwise, var place => place == "end" };
}
