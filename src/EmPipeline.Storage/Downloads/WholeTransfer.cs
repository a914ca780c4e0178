using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Storage;

/// <summary>
/// An object in one stream, hashed as it passes: small objects, and servers that have no ranges or name no version. A stream that breaks
/// starts over.
/// </summary>
internal static class WholeTransfer
{
    // A small object is hashed and written in one go.
    private const int BufferSize = 1 << 20;

    /// <param name="first">An answer already open that is the whole object; null to ask for it.</param>
    /// <param name="batch">Gets the file once it is whole and as expected.</param>
    public static async Task<DownloadedFile> RunAsync(DownloadJob job, ObjectPart? first, Retrier retrier, FileBatch batch, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(first?.Length ?? BufferSize, 1, BufferSize));
        using var digest = new Digest(job.Expected.Md5 is not null);
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(job.PartialPath, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
            var written = 0L;
            var downloaded = await retrier.RunAsync(
                job.Place,
                async token =>
                {
                    await using var part = Interlocked.Exchange(ref first, null) ?? await job.OpenAsync(0, null, null, token);
                    job.CheckAnswer(part);
                    job.Restart();
                    digest.Finish();
                    if (written > 0)
                        RandomAccess.SetLength(file, written = 0);
                    for (int read; (read = await ReadAsync(job, part, buffer, token)) > 0; written += read)
                    {
                        digest.Append(buffer.AsSpan(0, read));
                        RandomAccess.Write(file, buffer.AsSpan(0, read), written);
                        job.Report(read);
                    }

                    var digests = digest.Finish();
                    job.CheckContent(written, digests);
                    return new DownloadedFile(written, part.ETag, digests.Sha256, job.Transferred, Resumed: false);
                },
                cancellation);
            Durable.BeginFlush(file);
            batch.Add(file, job.PartialPath, job.Target);
            file = null;
            return downloaded;
        }
        finally
        {
            file?.Dispose();
            if (first is not null)
                await first.DisposeAsync();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>As much as fills the buffer, or less at the end of the part.</returns>
    private static async ValueTask<int> ReadAsync(DownloadJob job, ObjectPart part, byte[] buffer, CancellationToken cancellation)
    {
        var filled = 0;
        for (int read; filled < buffer.Length && (read = await part.ReadAsync(buffer.AsMemory(filled))) > 0; filled += read)
            await job.CountAsync(read, cancellation);
        return filled;
    }
}
