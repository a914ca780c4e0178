using System.Globalization;
using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace EmPipeline.Stages.Download;

/// <summary>The files of a local source as they are now: one file, all below a folder, or those of a folder that match a pattern.</summary>
internal sealed class LocalFiles
{
    private readonly IEnumerable<string> _paths;

    private LocalFiles(IEnumerable<string> paths) => _paths = paths;

    /// <summary>Null when the dataset's source is not local.</summary>
    public static LocalFiles? Of(DatasetDefinition dataset)
    {
        if ((string?)dataset.Keys["source"]?["file"] is not { } address)
            return null;
        var level = (string?)dataset.Keys["source"]?["level"] ?? "";
        return new LocalFiles(Find(address, level));
    }

    /// <summary>Number, bytes and a digest of names and lengths, on one line; equal text means equal files. In bounded memory, however many there are.</summary>
    /// <param name="withTimes">Also of when each was last written to: a file whose content may differ at the same length.</param>
    public string Summary(bool withTimes)
    {
        // A folder lists its files in any order: the digest of all is the sum of the digests of each.
        var (count, bytes, digest) = (0L, 0L, UInt128.Zero);
        Span<byte> one = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var path in _paths)
        {
            var file = new FileInfo(path);
            // The link's target holds the voxels.
            if (file.LinkTarget is not null)
                file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            var length = file.Exists ? file.Length : 0;
            (count, bytes) = (count + 1, bytes + length);
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{path}\n{length} {(withTimes ? file.LastWriteTimeUtc.Ticks : 0)}")), one);
            digest = unchecked(digest + MemoryMarshal.Read<UInt128>(one));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{count} files, {bytes} bytes, {digest:x32}");
    }

    private static IEnumerable<string> Find(string address, string level)
    {
        var pattern = Path.GetFileName(address);
        if (pattern.AsSpan().ContainsAny('*', '?'))
        {
            var folder = Path.GetDirectoryName(address)!;
            return Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Where(path => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path))) : [];
        }

        if (File.Exists(address))
            return [address];
        var root = Path.Combine(address, level);
        return Directory.Exists(root) ? Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories) : [];
    }
}
