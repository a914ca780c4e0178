using System.Text.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// An <c>info</c> file of the Neuroglancer precomputed volume format: what the volume is and the scales it is stored at. Parsing is pure
/// and trusts nothing: every number is checked for range, so that later arithmetic cannot overflow. Immutable.
/// </summary>
public sealed record PrecomputedInfo
{
    /// <summary>The most that one decoded chunk may take; far above any that is written, below what a buffer can hold.</summary>
    internal const long MaximumChunkBytes = 1L << 30;

    private const long MaximumExtent = 1L << 48;
    private const int MaximumScales = 1024;
    private const int MaximumMetadataText = 4096;
    private const string VolumeType = "neuroglancer_multiscale_volume";

    public required VoxelType DataType { get; init; }

    public required int Channels { get; init; }

    /// <summary>Those that can be read, finest first; scales of equal voxel size keep the order of the file.</summary>
    public required IReadOnlyList<PrecomputedScale> Scales { get; init; }

    /// <summary>The top-level members that say more than type and storage.</summary>
    public IReadOnlyList<MetadataValue> Metadata { get; init; } = [];

    /// <summary>Whether these bytes look like the <c>info</c> of a volume (and not of meshes, skeletons or annotations), whole or damaged.</summary>
    public static bool Resembles(ReadOnlySpan<byte> json) =>
        json.TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'{', ..]
        && json.IndexOf("\"scales\""u8) >= 0
        && (json.IndexOf("\"data_type\""u8) >= 0 || json.IndexOf("\"neuroglancer_multiscale_volume\""u8) >= 0);

    /// <param name="place">The file's path or address, for messages.</param>
    /// <exception cref="EmException">The text is not JSON, contradicts the format, or names something that is not read here.</exception>
    public static PrecomputedInfo Parse(ReadOnlyMemory<byte> json, string place)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return Parse(new InfoElement(document.RootElement, place + ": "));
        }
        catch (JsonException e)
        {
            throw EmException.Corrupt($"{place} at line {e.LineNumber + 1}", "got text that is not JSON, expected the info file of a precomputed volume.", e);
        }
        catch (InvalidOperationException e)
        {
            // Strings are turned from UTF-8 only when they are asked for.
            throw EmException.Corrupt(place, "got text that is not UTF-8, expected the info file of a precomputed volume.", e);
        }
    }

    private static PrecomputedInfo Parse(InfoElement root)
    {
        if (root.Optional("@type") is { } kind && kind.Text() != VolumeType)
            throw kind.Unsupported($"the precomputed kind {kind.Text()} (only volumes are read, which)");
        var typeElement = root.Required("data_type");
        var type = VoxelTypes.Parse(typeElement.Text().ToLowerInvariant());
        if (type is null or VoxelType.Boolean)
            throw typeElement.Wrong("one of uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32, float64");
        var channels = (int)(root.Optional("num_channels")?.Integer(1, int.MaxValue) ?? 1);

        var scalesElement = root.Required("scales");
        if (scalesElement.Value.ValueKind != JsonValueKind.Array || scalesElement.Value.GetArrayLength() is 0 or > MaximumScales)
            throw scalesElement.Wrong($"1 to {MaximumScales} scales");
        var scales = ParseScales(scalesElement, type.Value, channels);
        return new PrecomputedInfo
        {
            DataType = type.Value,
            Channels = channels,
            Scales = [.. scales.OrderBy(scale => VoxelVolume(scale.Resolution))],
            Metadata = Describe(root, "info", except: ["@type", "data_type", "num_channels", "scales"]),
        };
    }

    /// <summary>Every scale that can be read: one of another encoding, say, does not stand in the way of the others.</summary>
    private static List<PrecomputedScale> ParseScales(InfoElement scales, VoxelType type, int channels)
    {
        var parsed = new List<PrecomputedScale>();
        EmException? unread = null;
        var number = 0;
        foreach (var element in scales.Items())
        {
            try
            {
                parsed.Add(ParseScale(element, number++, type, channels));
            }
            catch (EmException e) when (e.Fault == Fault.Unsupported)
            {
                unread ??= e;
            }
        }

        return parsed.Count > 0 || unread is null ? parsed : throw unread;
    }

    private static PrecomputedScale ParseScale(InfoElement element, int number, VoxelType type, int channels)
    {
        var size = element.Required("size").Xyz(0, MaximumExtent);
        var chunkSizes = element.Required("chunk_sizes");
        // Further chunk sizes hold the same voxels once more.
        var chunkElement = chunkSizes.Items().Cast<InfoElement?>().FirstOrDefault() ?? throw chunkSizes.Wrong("at least one chunk size");
        var chunkSize = chunkElement.Xyz(1, MaximumExtent);
        CheckBytes(element.Required("size"), size, type, channels, long.MaxValue);
        // A chunk larger than the volume is clipped to it, so only the part inside counts.
        CheckBytes(chunkElement, NdIndex.Min(chunkSize, size), type, channels, MaximumChunkBytes);

        var encodingElement = element.Required("encoding");
        var encoding = ParseEncoding(encodingElement, type, channels);
        var scale = new PrecomputedScale
        {
            Key = ParseKey(element.Required("key")),
            Size = size,
            ChunkSize = chunkSize,
            VoxelOffset = element.Optional("voxel_offset")?.Xyz(-MaximumExtent, MaximumExtent) ?? NdIndex.Filled(3, 0),
            Resolution = ParseResolution(element.Optional("resolution")),
            Encoding = encoding,
            BlockSize = encoding == PrecomputedEncoding.CompressedSegmentation
                ? element.Required("compressed_segmentation_block_size").Xyz(1, 1 << 16) : default,
            Sharding = element.Optional("sharding") is { } sharding ? ParseSharding(sharding) : null,
            Metadata = Describe(element, $"info scales[{number}]", except: ["key", "size", "chunk_sizes", "resolution"]),
        };
        if (scale.Sharding is not null && CompressedMorton.Bits(scale.Grid) > 64)
            throw chunkElement.Wrong($"chunks so large that the grid's {scale.Grid} positions fit 64-bit chunk ids");
        return scale;
    }

    private static void CheckBytes(InfoElement element, NdIndex extent, VoxelType type, int channels, long maximum)
    {
        var bytes = (Int128)channels * type.Size();
        for (var axis = 0; axis < 3; axis++)
        {
            bytes *= extent[axis];
            if (bytes > maximum)
                throw element.Wrong($"an extent of at most {maximum} bytes in all ({channels} × {type.Name()})");
        }
    }

    private static PrecomputedEncoding ParseEncoding(InfoElement element, VoxelType type, int channels)
    {
        var name = element.Text();
        var (encoding, fits) = name switch
        {
            "raw" => (PrecomputedEncoding.Raw, true),
            "jpeg" => (PrecomputedEncoding.Jpeg, type is VoxelType.UInt8 && channels is 1 or 3),
            "png" => (PrecomputedEncoding.Png, type is VoxelType.UInt8 or VoxelType.UInt16 && channels <= 4),
            "compressed_segmentation" => (PrecomputedEncoding.CompressedSegmentation, type is VoxelType.UInt32 or VoxelType.UInt64),
            "compresso" => (PrecomputedEncoding.Compresso, !type.IsFloat() && channels == 1),
            _ => throw element.Unsupported($"the chunk encoding {name}"),
        };
        return fits ? encoding : throw element.Unsupported($"the chunk encoding {name} with {channels} channels of {type.Name()}");
    }

    private static string ParseKey(InfoElement element)
    {
        var key = element.Text();
        if (key.Contains("://", StringComparison.Ordinal) || key.StartsWith('/') || key.Contains('\\'))
            throw element.Unsupported("a scale stored elsewhere than beside its info file");
        return key;
    }

    private static VoxelSize ParseResolution(InfoElement? element)
    {
        if (element is null)
            return VoxelSize.Unknown;
        var xyz = element.Value.Three();
        return new VoxelSize(Nanometres(xyz[2]), Nanometres(xyz[1]), Nanometres(xyz[0]));

        static double? Nanometres(InfoElement number) => number.Number() is > 0 and < double.PositiveInfinity and var nm ? nm : null;
    }

    private static ShardingSpecification ParseSharding(InfoElement element)
    {
        var kind = element.Required("@type");
        if (kind.Text() != "neuroglancer_uint64_sharded_v1")
            throw kind.Unsupported($"the sharding {kind.Text()}");
        var hash = element.Required("hash");
        // 2^40 minishards would already be an index of 16 TiB a shard.
        var minishardBits = (int)element.Required("minishard_bits").Integer(0, 40);
        return new ShardingSpecification(
            (int)element.Required("preshift_bits").Integer(0, 64),
            hash.Text() switch
            {
                "identity" => ShardHash.Identity,
                "murmurhash3_x86_128" => ShardHash.MurmurHash3X86128,
                var other => throw hash.Unsupported($"the shard hash {other}"),
            },
            minishardBits,
            (int)element.Required("shard_bits").Integer(0, 64 - minishardBits),
            IsGzip(element.Optional("minishard_index_encoding")),
            IsGzip(element.Optional("data_encoding")));

        // Written volumes leave the encodings out when they mean "raw"; Hemibrain does so for its data.
        static bool IsGzip(InfoElement? encoding) => encoding?.Text() switch
        {
            null or "raw" => false,
            "gzip" => true,
            var other => throw encoding.Value.Unsupported($"the shard encoding {other}"),
        };
    }

    private static double VoxelVolume(VoxelSize size) => (size.Z ?? 0) * (size.Y ?? 0) * (size.X ?? 0);

    private static List<MetadataValue> Describe(InfoElement element, string origin, ReadOnlySpan<string> except)
    {
        var values = new List<MetadataValue>();
        foreach (var member in element.Value.EnumerateObject())
        {
            if (except.Contains(member.Name))
                continue;
            var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText();
            values.Add(new MetadataValue(member.Name, text.Length <= MaximumMetadataText ? text : text[..MaximumMetadataText], $"{origin}.{member.Name}"));
        }

        return values;
    }
}
