using EmPipeline.Formats.Codecs;
using EmPipeline.Formats.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Zarr.V3;

/// <summary>Reads the "codecs" lists of an array's metadata.</summary>
internal sealed class CodecParser(VoxelType type, ReadOnlyMemory<byte> fill)
{
    // Deeper than anyone nests shards; a bound for hostile metadata.
    private const int MaxDepth = 8;

    /// <param name="shape">The decoded shape of the chunk that the codecs are for.</param>
    /// <exception cref="EmException">A codec is unknown or its configuration makes no sense.</exception>
    public CodecChain Parse(JsonField codecs, NdIndex shape, int depth = 0)
    {
        if (depth > MaxDepth)
            throw EmException.Unsupported(codecs.File.ToString(), $"shards nested more than {MaxDepth} deep");
        var transpositions = new List<AxisOrder>();
        var stages = new List<IBytesCodec?>();
        ShardLayout? shard = null;
        var (toBytes, bigEndian) = (false, false);
        var stored = shape;
        foreach (var codec in codecs.Items())
        {
            var name = codec.AsText() ?? codec.Require("name").Text();
            var configuration = codec.Find("configuration");
            var bytesToBytes = name is not ("bytes" or "endian" or "sharding_indexed" or "transpose");
            if (toBytes != bytesToBytes)
                throw codec.Wrong("codecs in the order array to array, array to bytes, bytes to bytes");
            switch (name)
            {
                case "transpose":
                    var order = Order(codec, configuration, shape.Rank);
                    stored = order.Apply(stored);
                    if (!order.IsIdentity)
                        transpositions.Add(order);
                    break;
                case "bytes" or "endian":
                    toBytes = true;
                    bigEndian = IsBigEndian(configuration);
                    break;
                case "sharding_indexed":
                    toBytes = true;
                    shard = Shard(codec, configuration ?? throw codec.Wrong("a configuration"), stored, depth);
                    break;
                default:
                    stages.Add(Stage(codec, name));
                    break;
            }
        }

        if (!toBytes)
            throw codecs.Wrong("a codec that makes bytes of numbers: 'bytes' or 'sharding_indexed'");
        try
        {
            return new CodecChain(shape, type.Size(), transpositions, bigEndian, shard, stages);
        }
        catch (OverflowException)
        {
            throw EmException.Unsupported(codecs.File.ToString(), $"a chunk of {shape} {type.Name()} (2 GiB or more)");
        }
    }

    private ShardLayout Shard(JsonField codec, JsonField configuration, NdIndex shape, int depth)
    {
        var inner = configuration.Require("chunk_shape").Index(minimum: 1);
        if (inner.Rank != shape.Rank)
            throw configuration.Require("chunk_shape").Wrong($"{shape.Rank} axes");
        var grid = NdIndex.FloorDivide(shape, inner);
        if (grid * inner != shape)
            throw configuration.Require("chunk_shape").Wrong($"a shape that divides the shard's, {shape}");
        var (bigEndian, checksum, bytes) = (false, false, false);
        foreach (var indexCodec in configuration.Require("index_codecs").Items())
        {
            var name = indexCodec.AsText() ?? indexCodec.Require("name").Text();
            if (name is "bytes" or "endian" && !bytes)
                (bytes, bigEndian) = (true, IsBigEndian(indexCodec.Find("configuration")));
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
            var layout = new ShardLayout(chain, grid, location == "end", bigEndian, checksum, fill);
            return layout.IndexLength > 0 && (chain.PlainShard is null || inner.Volume * type.Size() <= int.MaxValue)
                ? layout
                : throw EmException.Unsupported(codec.File.ToString(), $"an inner shard of {inner} (2 GiB or more)");
        }
        catch (OverflowException)
        {
            throw EmException.Unsupported(codec.File.ToString(), $"a shard of {grid} inner chunks");
        }
    }

    private static AxisOrder Order(JsonField codec, JsonField? configuration, int rank)
    {
        var field = (configuration ?? throw codec.Wrong("a configuration")).Require("order");
        // Early writers put "C" or "F".
        if (field.AsText() is { } name)
        {
            return name switch
            {
                "C" => new AxisOrder([.. Enumerable.Range(0, rank)]),
                "F" => new AxisOrder([.. Enumerable.Range(0, rank).Reverse()]),
                _ => throw field.Wrong("a permutation of the axes"),
            };
        }

        var order = field.Index(minimum: 0).ToArray().Select(axis => (int)Math.Min(axis, int.MaxValue)).ToArray();
        return order.Order().SequenceEqual(Enumerable.Range(0, rank)) ? new AxisOrder(order) : throw field.Wrong($"a permutation of {rank} axes");
    }

    private static bool IsBigEndian(JsonField? configuration) => configuration?.Find("endian") is { } endian && endian.Text() switch
    {
        "little" => false,
        "big" => true,
        _ => throw endian.Wrong("'little' or 'big'"),
    };

    /// <returns>Null for the checksum.</returns>
    private static IBytesCodec? Stage(JsonField codec, string name) => name switch
    {
        "crc32c" => null,
        "zstd" => ZstdCodec.Default,
        "gzip" => GzipCodec.Default,
        "blosc" => BloscCodec.Default,
        _ => throw EmException.Unsupported(codec.File.ToString(), $"the codec '{name}'"),
    };
}
