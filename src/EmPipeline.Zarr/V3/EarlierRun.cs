using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.V3;

/// <summary>Puts an output folder into the state that its journal describes: finishes renamings, and removes what belongs to no finished shard.</summary>
internal static class EarlierRun
{
    /// <summary>Removes the shards that are not there after all from <paramref name="shards"/>, and everything else that is there from the folder.</summary>
    public static void Settle(ShardFolder folder, IReadOnlyList<LevelGrid> levels, Dictionary<(int Level, NdIndex Position), StoredShard> shards)
    {
        var expected = new HashSet<string>();
        foreach (var ((level, position), shard) in shards.ToArray())
        {
            if (shard.State == ShardState.Empty)
                continue;
            var path = folder.File(level, position);
            if (IsWhole(path, shard) || FinishRenaming(path, shard))
                expected.Add(path);
            else
                shards.Remove((level, position));
        }

        foreach (var level in levels)
            RemoveOthers(folder.Level(level.Level), expected);
        RemoveExtraLevels(folder, levels.Count);
        foreach (var leftover in Directory.EnumerateFiles(folder.Root).Where(AtomicFile.IsTemporary))
            File.Delete(leftover);
        // The metadata comes last: a volume that is being written cannot be opened.
        File.Delete(Path.Combine(folder.Root, ZarrGroup.MetadataName));
    }

    /// <summary>Removes an earlier volume of another plan, so that a new one can be made. The folder is ours (<see cref="VolumeOwnership"/>).</summary>
    public static void Clear(ShardFolder folder)
    {
        File.Delete(Path.Combine(folder.Root, ZarrGroup.MetadataName));
        RemoveExtraLevels(folder, 0);
    }

    private static bool IsWhole(string path, StoredShard shard) => new FileInfo(path) is { Exists: true } file && file.Length == shard.StoredBytes;

    private static bool FinishRenaming(string path, StoredShard shard)
    {
        var partial = path + Durable.PartialSuffix;
        if (!IsWhole(partial, shard) || ChecksumOf(partial) != shard.Checksum)
            return false;
        File.Move(partial, path, overwrite: true);
        Durable.FlushFolder(Path.GetDirectoryName(path)!);
        return true;
    }

    private static uint ChecksumOf(string path)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[1 << 20];
        var checksum = 0u;
        for (var count = file.Read(buffer); count > 0; count = file.Read(buffer))
            checksum = Crc32C.Append(checksum, buffer.AsSpan(0, count));
        return checksum;
    }

    private static void RemoveOthers(string folder, HashSet<string> expected)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            if (!expected.Contains(path))
                File.Delete(path);
        }
    }

    private static void RemoveExtraLevels(ShardFolder folder, int from)
    {
        foreach (var path in Directory.EnumerateDirectories(folder.Root))
        {
            var name = Path.GetFileName(path);
            if (IsLevelName(name) && int.Parse(name.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) >= from)
                Directory.Delete(path, recursive: true);
        }
    }

    private static bool IsLevelName(string name) =>
        name.Length is > 1 and < 4 && name[0] == 's' && name.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
}
