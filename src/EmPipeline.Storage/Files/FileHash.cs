using System.Buffers;
using System.Security.Cryptography;

namespace EmPipeline.Storage;

/// <summary>Checksums of whole files, in constant memory; hashes in lowercase hexadecimal.</summary>
public static class FileHash
{
    public static Task<string> Sha256Async(string path, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        HashAsync(path, HashAlgorithmName.SHA256, progress, cancellation);

    public static Task<string> Md5Async(string path, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        HashAsync(path, HashAlgorithmName.MD5, progress, cancellation);

    private static async Task<string> HashAsync(string path, HashAlgorithmName algorithm, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        await ReadAsync(path, hash.AppendData, progress, cancellation);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task ReadAsync(string path, Action<ReadOnlySpan<byte>> append, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
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
                        append(buffer.AsSpan(0, read));
                        progress?.Report(read);
                        offset += read;
                    }
                },
                cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
