using System.IO.Hashing;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.Filters;

/// <summary>The compressors and filters of numcodecs by their "id", as Zarr v2 and extensions of Zarr v3 name them.</summary>
internal static class NumcodecsCodecs
{
    /// <param name="id">"zlib", "delta" …</param>
    /// <param name="settings">The object that holds the codec's settings, beside the id or without it.</param>
    /// <param name="type">The array's type, where the settings name none.</param>
    /// <param name="more">Codecs that this library does without: "bz2", "xz", "lzma".</param>
    /// <returns>A codec that is unknown is refused when voxels are read.</returns>
    /// <exception cref="EmException">The settings are wrong.</exception>
    public static IBytesCodec Create(string id, JsonField settings, NumpyType type, IReadOnlyDictionary<string, IBytesCodec>? more = null) => id switch
    {
        "blosc" => BloscCodec.Default,
        "zstd" => ZstdCodec.Default,
        "gzip" => GzipCodec.Default,
        "zlib" => ZlibCodec.Default,
        "lz4" => Lz4Codec.Default,
        "bz2" => Find(more, "bz2", settings),
        "lzma" => Lzma(settings, more),
        "shuffle" => new ShuffleFilter(ElementSize(settings)),
        "delta" => new DeltaFilter(TypeOf(settings, "dtype", type), EncodedType(settings, type)),
        "fixedscaleoffset" => new FixedScaleOffsetFilter(TypeOf(settings, "dtype", type), EncodedType(settings, type), Number(settings, "scale"), Number(settings, "offset")),
        // Both only lose precision when they encode; what they store is of the type that they name.
        "quantize" => new ConversionFilter(TypeOf(settings, "dtype", type), EncodedType(settings, type)),
        "bitround" => new ConversionFilter(type, type),
        "astype" => new ConversionFilter(TypeOf(settings, "decode_dtype", type), TypeOf(settings, "encode_dtype", type)),
        "packbits" => new PackBitsFilter(),
        "base64" => new Base64Filter(),
        "crc32" => new ChecksumFilter("crc32", Crc32.HashToUInt32, AtEnd(settings, false)),
        "adler32" => new ChecksumFilter("adler32", Adler32.HashToUInt32, AtEnd(settings, false)),
        "crc32c" => new ChecksumFilter("crc32c", Crc32C.Compute, AtEnd(settings, true)),
        "fletcher32" => new ChecksumFilter("fletcher32", Fletcher32.Compute, atEnd: true),
        _ => new RefusedCodec($"{settings.Path} '{id}'"),
    };

    /// <summary>The type that a filter stores numbers as: "astype", or else the one it takes.</summary>
    public static NumpyType EncodedType(JsonField settings, NumpyType type) => TypeOf(settings, "astype", TypeOf(settings, "dtype", type));

    /// <summary>The type that a setting names.</summary>
    public static NumpyType TypeOf(JsonField settings, string name, NumpyType otherwise)
    {
        if (settings.FindValue(name) is not { } found)
            return otherwise;
        var type = NumpyType.Parse(found);
        return type.IsComplex ? throw EmException.Unsupported(settings.File.ToString(), $"{settings.Path} of complex numbers") : type;
    }

    private static IBytesCodec Lzma(JsonField settings, IReadOnlyDictionary<string, IBytesCodec>? more)
    {
        const int Xz = 1, Alone = 2;
        return (settings.FindValue("format")?.Integer() ?? Xz) switch
        {
            Xz => Find(more, "xz", settings),
            Alone => Find(more, "lzma", settings),
            var format => new RefusedCodec($"{settings.Path} 'lzma' of format {format}"),
        };
    }

    private static IBytesCodec Find(IReadOnlyDictionary<string, IBytesCodec>? more, string name, JsonField settings) =>
        more?.GetValueOrDefault(name) ?? new RefusedCodec($"{settings.Path} '{name}'");

    private static double Number(JsonField settings, string name) => settings.Require(name) is var found ? found.AsNumber() ?? throw found.Wrong("a number") : 0;

    private static int ElementSize(JsonField settings) => settings.FindValue("elementsize") switch
    {
        null => 4,
        { } found => found.Integer() is > 0 and <= 256 and var size ? size : throw found.Wrong("1 to 256"),
    };

    private static bool AtEnd(JsonField settings, bool otherwise) => settings.FindValue("location")?.Text() switch { null => otherwise, var place => place == "end" };
}
