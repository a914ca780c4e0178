using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Zarr.V3;

/// <summary>Puts an output folder into the state that its table of shards describes: finishes renamings, and removes what belongs to no finished shard.</summary>
internal static class EarlierRun
{
    /// <summary>Removes everything from the folder that is not a whole shard of the table.</summary>
    /// <returns>Which shards are done; those whose file is not there after all are missing.</returns>
    public static ShardStates Settle(ShardFolder folder, ShardTable table)
    {
        var states = new ShardStates(table.Levels);
        foreach (var level in table.Levels)
        {
            foreach (var (position, state, length, checksum) in table.States(level))
            {
                if (state != ShardState.Written || IsWhole(folder, level.Level, position, length, checksum))
                    states[level.Level, position] = state;
            }

            RemoveOthers(folder, level, states);
        }

        RemoveExtraLevels(folder, table.Levels.Count);
        RemoveTemporaries(folder);
        // The metadata comes last: a volume that is being written cannot be opened.
        File.Delete(Path.Combine(folder.Root, ZarrHierarchy.MetadataName));
        return states;
    }

    /// <summary>
    /// Which shards are done as the table says: their files are looked for by name alone, as a folder lists them. Null where one of the finest level is
    /// missing, or the file of any is.
    /// </summary>
    public static ShardStates? Believe(ShardFolder folder, ShardTable table)
    {
        var states = new ShardStates(table.Levels);
        foreach (var level in table.Levels)
        {
            var written = 0L;
            foreach (var (position, state, _, _) in table.States(level))
            {
                if (state == ShardState.Missing && level.Level == 0)
                    return null;
                states[level.Level, position] = state;
                written += state == ShardState.Written ? 1 : 0;
            }

            // One that is gone would be read as fill, here and by everybody after.
            if (Files(folder, level).LongCount(path => folder.PositionOf(level, path) is { } position && states[level.Level, position] == ShardState.Written) != written)
                return null;
        }

        return states;
    }

    /// <summary>Whether the file of a recorded shard is there; one that only lacks its name gets it.</summary>
    public static bool IsWhole(ShardFolder folder, int level, NdIndex position, long length, uint checksum) =>
        folder.File(level, position) is var path && (FileLength.Of(path) == length || FinishRenaming(path, length, checksum));

    /// <summary>Removes an earlier volume of another plan, so that a new one can be made. The folder is ours (<see cref="VolumeOwnership"/>).</summary>
    public static void Clear(ShardFolder folder)
    {
        File.Delete(Path.Combine(folder.Root, ZarrHierarchy.MetadataName));
        RemoveExtraLevels(folder, 0);
        RemoveTemporaries(folder);
    }

    /// <summary>What was being written when a run was killed, be it before there was a table.</summary>
    private static void RemoveTemporaries(ShardFolder folder)
    {
        foreach (var leftover in Directory.EnumerateFiles(folder.Root).Where(AtomicFile.IsTemporary))
            File.Delete(leftover);
    }

    private static bool FinishRenaming(string path, long length, uint checksum)
    {
        var partial = path + Durable.PartialSuffix;
        if (FileLength.Of(partial) != length || ChecksumOf(partial) != checksum)
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

    private static void RemoveOthers(ShardFolder folder, LevelGrid level, ShardStates states)
    {
        foreach (var path in Files(folder, level))
        {
            if (folder.PositionOf(level, path) is not { } position || states[level.Level, position] != ShardState.Written)
                File.Delete(path);
        }
    }

    private static IEnumerable<string> Files(ShardFolder folder, LevelGrid level) => folder.Level(level.Level) is var root && Directory.Exists(root)
        ? Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        : [];

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
