using System.Buffers;
using System.Security.Cryptography;

namespace EmPipeline.Storage;

/// <summary>Checksums of whole files, lowercase hexadecimal, in constant memory.</summary>
public static class FileHash
{
    public static Task<string> Sha256Async(string path, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        HashAsync(path, HashAlgorithmName.SHA256, progress, cancellation);

    public static Task<string> Md5Async(string path, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        HashAsync(path, HashAlgorithmName.MD5, progress, cancellation);

    private static async Task<string> HashAsync(string path, HashAlgorithmName algorithm, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(algorithm);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            // Hashing takes longer than reading: one thread does both, off the caller's.
            await Task.Run(
                () =>
                {
                    for (long offset = 0; ;)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        var read = RandomAccess.Read(handle, buffer, offset);
                        if (read == 0)
                            return;
                        hash.AppendData(buffer, 0, read);
                        progress?.Report(read);
                        offset += read;
                    }
                },
                cancellation);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
