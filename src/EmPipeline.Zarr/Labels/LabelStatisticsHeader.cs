using System.Text.Json;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;

namespace EmPipeline.Zarr.Labels;

/// <summary>
/// The start of a file of label statistics: magic bytes, length and CRC-32C of a JSON text, that text, zeros up to a whole page. Then come the slots:
/// one for each inner chunk of the label's level 0, one for each block of its image at level 0, both in C order. A slot is of 64-bit
/// numbers, little-endian: a chunk's are the voxels of each class, and the objects where they are told apart; a block's have before these how many
/// of its voxels are known and how many its inside would hold.
/// </summary>
internal sealed record LabelStatisticsHeader(long[] Shape, long[] Chunk, long[] Image, long[] Block, string[] Classes, bool HasObjects)
{
    private const int PageLength = 4096;
    private const int FixedLength = 16;
    private const int MaxLength = 1 << 24;

    // Its last digit is the version of the file's layout.
    private static ReadOnlySpan<byte> Magic => "EMLABEL1"u8;

    public int ChunkSlot => 8 * (Classes.Length + (HasObjects ? 1 : 0));

    public int BlockSlot => ChunkSlot + 16;

    public NdIndex Chunks() => NdIndex.CeilingDivide(new(Shape), new(Chunk));

    public NdIndex Blocks() => NdIndex.CeilingDivide(new(Image), new(Block));

    public static LabelStatisticsHeader Of(NdIndex shape, NdIndex chunk, NdIndex image, NdIndex block, LabelScheme scheme) =>
        new(shape.ToArray(), chunk.ToArray(), image.ToArray(), block.ToArray(), [.. scheme.ClassNames], scheme.Kind == LabelKind.Instances);

    public byte[] ToBytes()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, Options);
        var bytes = new byte[(FixedLength + json.Length + PageLength - 1) / PageLength * PageLength];
        Magic.CopyTo(bytes);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), json.Length);
        BitConverter.TryWriteBytes(bytes.AsSpan(12), Crc32C.Compute(json));
        json.CopyTo(bytes, FixedLength);
        return bytes;
    }

    /// <summary>The header of a file and its length.</summary>
    /// <exception cref="EmException">The file begins otherwise, or is damaged.</exception>
    public static (LabelStatisticsHeader Header, int Length) Read(Stream file, string path)
    {
        var start = new byte[FixedLength];
        if (file.ReadAtLeast(start, FixedLength, throwOnEndOfStream: false) < FixedLength || !start.AsSpan().StartsWith(Magic))
            throw Damaged("other bytes at its beginning");
        var length = BitConverter.ToInt32(start, 8);
        if (length is < 2 or > MaxLength)
            throw Damaged($"a header of {length} bytes");
        var padded = (FixedLength + length + PageLength - 1) / PageLength * PageLength;
        var rest = new byte[padded - FixedLength];
        if (file.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false) < rest.Length || Crc32C.Compute(rest.AsSpan(0, length)) != BitConverter.ToUInt32(start, 12))
            throw Damaged("a damaged header");
        return (JsonSerializer.Deserialize<LabelStatisticsHeader>(rest.AsSpan(0, length), Options)!, padded);

        EmException Damaged(string got) => EmException.Corrupt(path, $"got {got}, expected statistics of a label. Run ./build.sh Rechunk; they are made again.");
    }

    private static JsonSerializerOptions Options { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true };
}
