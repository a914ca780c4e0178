using System.Globalization;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Zarr.V3;

/// <summary>Where the files of a volume lie: "s0/c/z/y/x" below the volume's folder.</summary>
internal sealed class ShardFolder(string root)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> _made = new();

    /// <summary>Of the file of a shard's encoded parts whose turn has not come.</summary>
    public const string SpillSuffix = ".spill";

    public string Root => root;

    public static string LevelName(int level) => string.Create(CultureInfo.InvariantCulture, $"s{level}");

    public string Level(int level) => Path.Combine(root, LevelName(level));

    /// <summary>The folder that holds a shard.</summary>
    public string Of(int level, NdIndex position) => Path.Combine(
        Level(level), "c", position[0].ToString(CultureInfo.InvariantCulture), position[1].ToString(CultureInfo.InvariantCulture));

    public string File(int level, NdIndex position) => Path.Combine(Of(level, position), position[2].ToString(CultureInfo.InvariantCulture));

    /// <summary>The position of the shard whose file is at <paramref name="path"/>; null when that is no shard of the level.</summary>
    public NdIndex? PositionOf(LevelGrid level, string path)
    {
        Span<Range> parts = stackalloc Range[5];
        var below = path.AsSpan(Level(level.Level).Length + 1);
        if (below.Split(parts, Path.DirectorySeparatorChar) != 4 || below[parts[0]] is not "c")
            return null;
        var position = NdIndex.Filled(3, 0);
        for (var axis = 0; axis < 3; axis++)
        {
            if (!long.TryParse(below[parts[axis + 1]], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number >= level.Grid[axis])
                return null;
            position[axis] = number;
        }

        // "00" is another name for nothing.
        return File(level.Level, position) == path ? position : null;
    }

    /// <summary>Makes a shard's folder, once.</summary>
    public void Make(int level, NdIndex position)
    {
        var folder = Of(level, position);
        if (_made.ContainsKey(folder))
            return;
        Directory.CreateDirectory(folder);
        _made.TryAdd(folder, true);
    }

    /// <summary>Removes what was being written of a shard.</summary>
    public void RemoveLeftovers(int level, NdIndex position)
    {
        if (!Directory.Exists(Of(level, position)))
            return;
        foreach (var suffix in (string[])[Durable.PartialSuffix, SpillSuffix])
            System.IO.File.Delete(File(level, position) + suffix);
    }

    /// <summary>The error for a disk that refuses.</summary>
    public EmException Refused(Exception cause) =>
        new(Fault.Machine, $"{root}: {cause.Message} Free some space, then run again: finished shards are kept.", cause);
}
