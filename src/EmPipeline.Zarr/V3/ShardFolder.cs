using System.Globalization;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.V3;

/// <summary>Where the files of a volume lie: "s0/c/z/y/x" below the volume's folder.</summary>
internal sealed class ShardFolder(string root)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> _made = new();

    public string Root => root;

    public static string LevelName(int level) => string.Create(CultureInfo.InvariantCulture, $"s{level}");

    public string Level(int level) => Path.Combine(root, LevelName(level));

    /// <summary>The folder that holds a shard.</summary>
    public string Of(int level, NdIndex position) => Path.Combine(
        Level(level), "c", position[0].ToString(CultureInfo.InvariantCulture), position[1].ToString(CultureInfo.InvariantCulture));

    public string File(int level, NdIndex position) => Path.Combine(Of(level, position), position[2].ToString(CultureInfo.InvariantCulture));

    /// <summary>Makes a shard's folder, once.</summary>
    public void Make(int level, NdIndex position)
    {
        var folder = Of(level, position);
        if (_made.ContainsKey(folder))
            return;
        Directory.CreateDirectory(folder);
        _made.TryAdd(folder, true);
    }
}
