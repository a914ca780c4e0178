using System.Globalization;
using System.Security.Cryptography;

namespace EmPipeline.Storage;

/// <summary>The versions that S3 makes of content: the MD5 of an object, or of the MD5s of its parts.</summary>
internal static class ContentTag
{
    /// <summary>Of an object in parts; null where a part's version is no MD5.</summary>
    public static string? OfParts(IReadOnlyList<UploadedPart> parts) => parts.All(part => S3Checksum.IsMd5(part.ETag))
        ? Join([.. parts.SelectMany(part => Convert.FromHexString(part.ETag))], parts.Count)
        : null;

    /// <summary>Of a file's content, sent in parts of this many bytes if it is larger.</summary>
    public static async ValueTask<string> OfAsync(string path, long length, long partSize, CancellationToken cancellation)
    {
        if (length <= partSize)
            return await FileHash.Md5Async(path, cancellation: cancellation);
        var count = (int)((length + partSize - 1) / partSize);
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var (buffer, sums) = (new byte[1 << 20], new List<byte>());
        for (long at = 0; at < length;)
        {
            for (var end = Math.Min(length, at + partSize); at < end;)
            {
                cancellation.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
                if (read == 0)
                    throw new StorageException(path, $"got end of file at byte {at}, expected {length} bytes. Somebody writes there; run again.", fault: StorageFault.Content);
                hash.AppendData(buffer, 0, read);
                at += read;
            }

            sums.AddRange(hash.GetHashAndReset());
        }

        return Join([.. sums], count);
    }

    private static string Join(byte[] sums, int parts) => string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(MD5.HashData(sums))}-{parts}");
}
