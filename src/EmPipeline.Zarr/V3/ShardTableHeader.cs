using System.Buffers.Binary;
using System.Text.Json;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// The start of a <see cref="ShardTable"/>: magic bytes, length and CRC-32C of a JSON text, that text, zeros up to a whole page. It says
/// which plan the shards are of and how the levels are cut up, from which the place of every slot follows.
/// </summary>
internal sealed record ShardTableHeader(string Key, string Codec, IReadOnlyList<LevelGrid> Levels)
{
    private const int PageLength = 4096;
    private const int FixedLength = 16;
    private const int MaxLength = 1 << 20;

    // Its last digit is the version of the file's layout.
    private static ReadOnlySpan<byte> Magic => "EMSHARD1"u8;

    public byte[] ToBytes()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new Text(Key, Codec, [.. Levels.Select(Level.Of)]), Options);
        var bytes = new byte[Padded(json.Length)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), json.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Crc32C.Compute(json));
        json.CopyTo(bytes, FixedLength);
        return bytes;
    }

    /// <summary>The header of a file and its length; null when the file begins otherwise, or damaged.</summary>
    public static (ShardTableHeader Header, int Length)? Read(SafeFileHandle file)
    {
        var start = new byte[FixedLength];
        if (RandomAccess.Read(file, start, 0) != FixedLength || !start.AsSpan().StartsWith(Magic))
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(8));
        if (length is < 2 or > MaxLength)
            return null;
        var rest = new byte[Padded(length) - FixedLength];
        var json = rest.AsSpan(0, length);
        if (RandomAccess.Read(file, rest, FixedLength) != rest.Length || rest.AsSpan(length).ContainsAnyExcept((byte)0)
            || Crc32C.Compute(json) != BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(12)))
        {
            return null;
        }

        var text = JsonSerializer.Deserialize<Text>(json, Options)!;
        return (new ShardTableHeader(text.Key, text.Codec, [.. text.Levels.Select((level, i) => level.Grid(i))]), Padded(length));
    }

    private static int Padded(int length) => (FixedLength + length + PageLength - 1) / PageLength * PageLength;

    private static JsonSerializerOptions Options { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private sealed record Text(string Key, string Codec, Level[] Levels);

    private sealed record Level(long[] Shape, long[] Factor, long[] Scale, long[] Shard, long[] Part, long[] Block, long[] Chunk)
    {
        public static Level Of(LevelGrid grid) => new(
            grid.Shape.ToArray(), grid.Factor.ToArray(), grid.Scale.ToArray(), grid.Shard.ToArray(), grid.Part.ToArray(), grid.Block.ToArray(), grid.Chunk.ToArray());

        public LevelGrid Grid(int level) => new(
            level, new NdIndex(Shape), new NdIndex(Factor), new NdIndex(Scale), new NdIndex(Shard), new NdIndex(Part), new NdIndex(Block), new NdIndex(Chunk));
    }
}
