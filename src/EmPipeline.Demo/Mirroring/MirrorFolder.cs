using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmPipeline.Demo.Mirroring;

/// <summary>The mirror's folder while it is being written. Safe for concurrent writes of different files.</summary>
internal sealed class MirrorFolder(string root)
{
    /// <summary>Every file's modification time, so that Last-Modified does not change when the mirror is made again.</summary>
    private static readonly DateTime Modified = new(2025, 7, 22, 12, 0, 0, DateTimeKind.Utc);

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        // "<i2" and "µm" as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly ConcurrentDictionary<string, MirrorFile> _files = new(StringComparer.Ordinal);

    /// <summary>What was written so far, by path.</summary>
    public IReadOnlyDictionary<string, MirrorFile> Files => _files;

    /// <summary>The path of the file that answers this address.</summary>
    public static string HttpPath(string url)
    {
        var uri = new Uri(url);
        // A name may begin with a space, which the address writes as %20.
        return "http/" + uri.Host + Uri.UnescapeDataString(uri.AbsolutePath);
    }

    /// <param name="path">Relative to the mirror, separated by '/'.</param>
    public void Write(string path, byte[] content)
    {
        var full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
        File.SetLastWriteTimeUtc(full, Modified);
        _files[path] = new MirrorFile(content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    public void WriteJson(string path, JsonObject content) => Write(path, Encoding.UTF8.GetBytes(content.ToJsonString(Indented)));
}
