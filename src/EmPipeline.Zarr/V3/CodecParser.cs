using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;
using EmPipeline.Zarr.Filters;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.V3;

/// <summary>Reads the "codecs" lists of an array's metadata.</summary>
/// <param name="more">As for <see cref="NumcodecsCodecs.Create"/>.</param>
/// <param name="isComplex">The last axis of every shape is that of the parts, which codecs know nothing of.</param>
internal sealed class CodecParser(VoxelType type, bool isComplex, ReadOnlyMemory<byte> fill, IReadOnlyDictionary<string, IBytesCodec>? more)
{
    // Deeper than anyone nests shards; a bound for hostile metadata.
    private const int MaxDepth = 8, MaxCodecs = 64;

    /// <param name="shape">The decoded shape of the chunk that the codecs are for.</param>
    /// <exception cref="EmException">A codec's configuration makes no sense. One that is unknown is refused when voxels are read.</exception>
    public CodecChain Parse(JsonField codecs, NdIndex shape, int depth = 0)
    {
        if (depth > MaxDepth)
            throw EmException.Unsupported(codecs.File.ToString(), $"shards nested more than {MaxDepth} deep");
        try
        {
            return ParseChain(codecs, shape, depth);
        }
        catch (NotSupportedException e)
        {
            throw EmException.Unsupported(codecs.File.ToString(), e.Message);
        }
        catch (OverflowException)
        {
            throw EmException.Unsupported(codecs.File.ToString(), $"a chunk of {shape} {type.Name()} (2 GiB or more)");
        }
    }

    private CodecChain ParseChain(JsonField codecs, NdIndex shape, int depth)
    {
        var arrays = new ArrayStages(shape, new NumpyType(type, IsBigEndian: false));
        var stages = new List<IBytesCodec?>();
        ShardLayout? shard = null;
        var (toBytes, bigEndian, count) = (false, false, 0);
        foreach (var codec in codecs.Items())
        {
            if (++count > MaxCodecs)
                throw codecs.Wrong($"at most {MaxCodecs} codecs");
            var configuration = codec.FindValue("configuration") ?? codec;
            var kind = KindOf(codec);
            // Nothing tells where an unknown codec belongs, nor what follows it.
            if (toBytes != (kind == CodecKind.Bytes) && kind != CodecKind.Unknown)
                throw codec.Wrong("codecs in the order array to array, array to bytes, bytes to bytes");
            switch (Name(codec))
            {
                case "transpose":
                    arrays.Add(Order(configuration, shape.Rank));
                    break;
                case "bytes" or "endian":
                    (toBytes, bigEndian) = (true, IsBigEndian(configuration));
                    break;
                case "sharding_indexed":
                    (toBytes, shard) = (true, Shard(codec, configuration, arrays.Stored.Shape, depth));
                    break;
                case "packbits" when !IsNumcodecs(codec):
                    toBytes = true;
                    arrays.Add(PaddedBitsFilter.Parse(configuration, arrays.Type), new NumpyType(VoxelType.UInt8, IsBigEndian: false));
                    break;
                case "crc32c":
                    stages.Add(null);
                    break;
                case var name when kind == CodecKind.Array:
                    var filter = (IFilter)NumcodecsCodecs.Create(name, configuration, arrays.Type);
                    arrays.Add(filter, EncodedType(name, configuration, arrays.Type));
                    break;
                case var name when kind == CodecKind.Bytes:
                    stages.Add(NumcodecsCodecs.Create(name, configuration, arrays.Type, more));
                    break;
                default:
                    stages.Add(new RefusedCodec($"the codec '{Name(codec)}'"));
                    return new CodecChain(shape, type.Size(), arrays.Stages, arrays.Stored, null, stages);
            }
        }

        if (!toBytes)
            throw codecs.Wrong("a codec that makes bytes of numbers: 'bytes' or 'sharding_indexed'");
        if (shard is not null && arrays.Stages.Any(stage => stage.Filter is not null))
            throw EmException.Unsupported(codecs.File.ToString(), "a shard behind a codec that changes numbers");
        return new CodecChain(shape, type.Size(), arrays.Stages, arrays.Stored with { BigEndian = bigEndian }, shard, stages);
    }

    private ShardLayout Shard(JsonField codec, JsonField configuration, NdIndex shape, int depth)
    {
        var field = configuration.Require("chunk_shape");
        var inner = ArrayMetadata.WithParts(field, field.Index(minimum: 1), isComplex);
        if (inner.Rank != shape.Rank)
            throw field.Wrong("as many axes as the shard has");
        var grid = NdIndex.CeilingDivide(shape, inner);
        var (bigEndian, checksum, bytes) = (false, false, false);
        foreach (var indexCodec in configuration.Require("index_codecs").Items())
        {
            var name = Name(indexCodec);
            if (name is "bytes" or "endian" && !bytes)
                (bytes, bigEndian) = (true, IsBigEndian(indexCodec.FindValue("configuration") ?? indexCodec));
            else if (name == "crc32c" && bytes && !checksum)
                checksum = true;
            else
                throw EmException.Unsupported(codec.File.ToString(), $"a shard index with the codec '{name}'");
        }

        var location = configuration.Find("index_location") is { } stated ? stated.Text() : "end";
        if (location is not ("start" or "end"))
            throw configuration.Require("index_location").Wrong("'start' or 'end'");
        try
        {
            var chain = Parse(configuration.Require("codecs"), inner, depth + 1);
            var layout = new ShardLayout(chain, grid, grid * inner == shape, location == "end", bigEndian, checksum, fill);
            return layout.IndexLength > 0 && (chain.PlainShard is null || checked(inner.Volume * type.Size()) <= int.MaxValue)
                ? layout
                : throw EmException.Unsupported(codec.File.ToString(), $"an inner shard of {inner} (2 GiB or more)");
        }
        catch (OverflowException)
        {
            throw EmException.Unsupported(codec.File.ToString(), $"a shard of {grid} inner chunks");
        }
    }

    private AxisOrder Order(JsonField configuration, int rank)
    {
        var field = configuration.Require("order");
        var axes = isComplex ? rank - 1 : rank;
        IEnumerable<int> order;
        // Early writers put "C" or "F".
        if (field.AsText() is { } name)
        {
            order = name switch
            {
                "C" => Enumerable.Range(0, axes),
                "F" => Enumerable.Range(0, axes).Reverse(),
                _ => throw field.Wrong("a permutation of the axes"),
            };
        }
        else
        {
            order = field.Index(minimum: 0).ToArray().Select(axis => (int)Math.Min(axis, int.MaxValue));
            if (!order.Order().SequenceEqual(Enumerable.Range(0, axes)))
                throw field.Wrong($"a permutation of {axes} axes");
        }

        return new AxisOrder([.. isComplex ? order.Append(axes) : order]);
    }

    /// <summary>The name without what tells whose extension it is: "numcodecs.zlib", "https://codec.zarrs.dev/bytes_to_bytes/zlib".</summary>
    private static string Name(JsonField codec)
    {
        var name = codec.AsText() ?? codec.Require("name").Text();
        return name[(name.LastIndexOfAny(['.', '/']) + 1)..];
    }

    private static bool IsNumcodecs(JsonField codec) => (codec.AsText() ?? codec.Require("name").Text()).StartsWith("numcodecs.", StringComparison.Ordinal);

    private static CodecKind KindOf(JsonField codec) => Name(codec) switch
    {
        "packbits" when IsNumcodecs(codec) => CodecKind.Array,
        "transpose" or "delta" or "fixedscaleoffset" or "quantize" or "bitround" or "astype" => CodecKind.Array,
        "bytes" or "endian" or "sharding_indexed" or "packbits" => CodecKind.ArrayToBytes,
        "crc32c" or "zstd" or "gzip" or "blosc" or "zlib" or "bz2" or "lz4" or "lzma" or "shuffle" or "crc32" or "adler32" or "fletcher32" => CodecKind.Bytes,
        _ => CodecKind.Unknown,
    };

    private static NumpyType EncodedType(string name, JsonField configuration, NumpyType type) => (name switch
    {
        "bitround" => type,
        "packbits" => new NumpyType(VoxelType.UInt8, IsBigEndian: false),
        "astype" => NumcodecsCodecs.TypeOf(configuration, "encode_dtype", type),
        _ => NumcodecsCodecs.EncodedType(configuration, type),
    }) with { IsBigEndian = false };

    private static bool IsBigEndian(JsonField configuration) => configuration.Find("endian") is { } endian && endian.Text() switch
    {
        "little" => false,
        "big" => true,
        _ => throw endian.Wrong("'little' or 'big'"),
    };

    private enum CodecKind
    {
        Unknown,
        Array,
        ArrayToBytes,
        Bytes,
    }
}
