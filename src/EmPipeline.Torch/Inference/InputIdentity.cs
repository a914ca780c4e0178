using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EmPipeline.Storage;

namespace EmPipeline.Torch.Inference;

/// <summary>Says in a few letters what a volume holds, without reading its voxels.</summary>
internal static class InputIdentity
{
    /// <param name="table">Its table of shards, which has the checksum of each; null or not there: the names, lengths and times of its files count.</param>
    public static async Task<string> OfAsync(string array, string? table, CancellationToken cancellation)
    {
        if (table is not null && File.Exists(table))
            return await FileHash.Sha256Async(table, cancellation: cancellation) + " " + Path.GetFileName(array);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(await File.ReadAllBytesAsync(Path.Combine(array, "zarr.json"), cancellation));
        var files = new DirectoryInfo(array).EnumerateFiles("*", SearchOption.AllDirectories).Select(file => (Name: Path.GetRelativePath(array, file.FullName), file.Length, Written: file.LastWriteTimeUtc.Ticks));
        foreach (var (name, length, written) in files.OrderBy(file => file.Name, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name} {length} {written}\n")));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
