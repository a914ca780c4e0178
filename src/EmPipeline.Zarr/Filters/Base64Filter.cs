using System.Buffers.Text;

namespace EmPipeline.Zarr.Filters;

/// <summary>numcodecs "base64".</summary>
internal sealed class Base64Filter : IFilter
{
    public long EncodedLength(long decodedLength) => (decodedLength + 2) / 3 * 4;

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target) =>
        Base64.DecodeFromUtf8(source, target, out _, out var written) == System.Buffers.OperationStatus.Done
            ? written
            : throw new InvalidDataException($"base64: got {source.Length} bytes that are no base64 of at most {target.Length} bytes.");
}
