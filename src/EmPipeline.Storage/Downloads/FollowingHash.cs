using System.Buffers;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Storage;

/// <summary>Hashes a file from its start, following the pieces as they close up; their bytes are still in the page cache then.</summary>
internal sealed class FollowingHash(SafeFileHandle file, Digest digest)
{
    private readonly Channel<long> _ends = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleReader = true });
    private long _hashed;

    /// <summary>Bytes from the start that are hashed, and not needed any more.</summary>
    public long Hashed => Interlocked.Read(ref _hashed);

    /// <summary>Everything before <paramref name="end"/> is there.</summary>
    public void Advance(long end) => _ends.Writer.TryWrite(end);

    /// <summary>Ends once <paramref name="length"/> bytes are hashed.</summary>
    public async Task RunAsync(long length, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            for (long hashed = 0; hashed < length;)
            {
                var end = await _ends.Reader.ReadAsync(cancellation);
                while (hashed < end)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - hashed)), hashed);
                    if (read == 0)
                        throw new EndOfStreamException($"the partial file ends at byte {hashed}, expected {length}.");
                    digest.Append(buffer.AsSpan(0, read));
                    hashed += read;
                    Interlocked.Exchange(ref _hashed, hashed);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
