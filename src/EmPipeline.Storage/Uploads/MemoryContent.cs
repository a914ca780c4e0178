using System.Net;

namespace EmPipeline.Storage;

/// <summary>Bytes to send, straight from where they are, telling a guard whenever some are taken: a slow line is none that stalled.</summary>
internal sealed class MemoryContent(ReadOnlyMemory<byte> bytes, StallGuard guard) : HttpContent
{
    private const int Piece = 256 << 10;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var at = 0; at < bytes.Length; at += Piece)
        {
            await stream.WriteAsync(bytes.Slice(at, Math.Min(Piece, bytes.Length - at)), cancellationToken);
            guard.Progress();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
