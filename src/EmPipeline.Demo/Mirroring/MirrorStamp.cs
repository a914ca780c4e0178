using System.Text.Json;

namespace EmPipeline.Demo.Mirroring;

/// <summary>mirror.json: which generator wrote the mirror, and every file. Written last, so that a mirror with a stamp is whole.</summary>
/// <param name="Version">The generator's version.</param>
/// <param name="Files">By path relative to the mirror, separated by '/'.</param>
internal sealed record MirrorStamp(int Version, SortedDictionary<string, MirrorFile> Files)
{
    public const string FileName = "mirror.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    /// <summary>The stamp of the mirror in <paramref name="folder"/>; null when there is none or it cannot be read.</summary>
    public static MirrorStamp? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<MirrorStamp>(File.ReadAllBytes(Path.Combine(folder, FileName)), Json) is { Files: not null } stamp ? stamp : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the stamp by rename.</summary>
    public void Write(string folder)
    {
        var path = Path.Combine(folder, FileName);
        File.WriteAllBytes(path + ".tmp", JsonSerializer.SerializeToUtf8Bytes(this, Json));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Whether every file is there with its size.</summary>
    public bool Matches(string folder) => Files.All(file =>
    {
        var info = new FileInfo(Path.Combine(folder, file.Key));
        return info.Exists && info.Length == file.Value.Bytes;
    });
}
