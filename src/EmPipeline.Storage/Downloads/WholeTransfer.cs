using System.Buffers;

namespace EmPipeline.Storage;

/// <summary>
/// An object in one stream, hashed as it passes: small objects, and servers that have no ranges or name no version. A stream that breaks
/// starts over.
/// </summary>
internal static class WholeTransfer
{
    private const int BufferSize = 128 << 10;

    /// <param name="first">An answer already open that is the whole object; null to ask for it.</param>
    public static async Task<DownloadedFile> RunAsync(DownloadJob job, ObjectPart? first, Retrier retrier, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        using var digest = new Digest(job.Expected.Md5 is not null);
        try
        {
            using var file = File.OpenHandle(job.PartialPath, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
            return await retrier.RunAsync(
                job.Place,
                async token =>
                {
                    await using var part = Interlocked.Exchange(ref first, null) ?? await job.OpenAsync(0, null, null, token);
                    job.CheckAnswer(part);
                    job.Restart();
                    digest.Finish();
                    RandomAccess.SetLength(file, 0);
                    long length = 0;
                    for (int read; (read = await part.ReadAsync(buffer)) > 0; length += read)
                    {
                        job.Count(read);
                        digest.Append(buffer.AsSpan(0, read));
                        RandomAccess.Write(file, buffer.AsSpan(0, read), length);
                        job.Report(read);
                    }

                    var (sha256, md5) = digest.Finish();
                    job.CheckContent(length, sha256, md5);
                    return new DownloadedFile(length, part.ETag, sha256, job.Transferred, Resumed: false);
                },
                cancellation);
        }
        finally
        {
            if (first is not null)
                await first.DisposeAsync();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
