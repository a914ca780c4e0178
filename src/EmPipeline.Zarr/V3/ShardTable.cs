using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// All that is known of a volume's shards: a file with a slot of fixed length for each, by level, then position z, y, x. A shard is recorded by
/// writing its slot; nothing is ever moved, so the same volume gives the same bytes whatever the order or the number of runs, and the file
/// is read in order, in bounded memory, however large it is. A slot carries its own checksum: a torn or damaged one counts as not written.
/// Reading is safe while one other writes.
/// </summary>
public sealed class ShardTable : IShardLog, IDisposable
{
    private const int ReadLength = 1 << 18;
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly ShardTableHeader _header;
    private readonly int[] _slotLengths;
    private readonly long[] _firstNumbers;
    private readonly long[] _offsets;

    private ShardTable(string path, SafeFileHandle file, ShardTableHeader header, int headerLength)
    {
        (_path, _file, _header) = (path, file, header);
        var levels = header.Levels;
        (_slotLengths, _firstNumbers, _offsets) = (new int[levels.Count], new long[levels.Count], new long[levels.Count]);
        var (number, offset) = (0L, (long)headerLength);
        for (var i = 0; i < levels.Count; i++)
        {
            // No shard has more blocks than a whole one, or than the level.
            _slotLengths[i] = ShardSlot.Length(NdIndex.CeilingDivide(NdIndex.Min(levels[i].Shard, levels[i].Shape), levels[i].Block).Volume);
            (_firstNumbers[i], _offsets[i]) = (number, offset);
            number += levels[i].Grid.Volume;
            offset = checked(offset + (levels[i].Grid.Volume * _slotLengths[i]));
        }

        Length = offset;
    }

    /// <summary>Identifies the plan that the shards are of.</summary>
    public string Key => _header.Key;

    public string Codec => _header.Codec;

    /// <summary>Finest first.</summary>
    public IReadOnlyList<LevelGrid> Levels => _header.Levels;

    /// <summary>The file's length when it is whole.</summary>
    public long Length { get; }

    /// <summary>Starts a table in which every shard is missing, replacing any other.</summary>
    internal static ShardTable Create(string path, string key, string codec, IReadOnlyList<LevelGrid> levels)
    {
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var header = new ShardTableHeader(key, codec, levels).ToBytes();
        var partial = path + Durable.PartialSuffix;
        using (var file = File.OpenHandle(partial, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, header, 0);
            Durable.Flush(file);
        }

        File.Move(partial, path, overwrite: true);
        Durable.FlushFolder(Path.GetDirectoryName(path)!);
        return OpenToWrite(path)!;
    }

    /// <summary>A table that is written on; null when there is none, or its header is damaged.</summary>
    internal static ShardTable? OpenToWrite(string path)
    {
        var table = Open(Path.GetFullPath(path), FileAccess.ReadWrite);
        // Slots that are not there yet, or were cut off, are holes.
        if (table is not null && RandomAccess.GetLength(table._file) != table.Length)
            RandomAccess.SetLength(table._file, table.Length);
        return table;
    }

    /// <summary>Opens a table to read it.</summary>
    /// <exception cref="EmException">There is no such file, or its header is damaged.</exception>
    public static ShardTable Open(string path)
    {
        path = Path.GetFullPath(path);
        return Open(path, FileAccess.Read) ?? throw EmException.Corrupt(path, "got no table of shards, expected one. Run Rechunk again: it makes what is missing.");
    }

    /// <summary>Every shard of the table at <paramref name="path"/>, opened anew at each enumeration.</summary>
    /// <exception cref="EmException">There is no table, a shard is missing, or its slot damaged.</exception>
    public static IEnumerable<ShardRecord> Read(string path)
    {
        using var table = Open(path);
        foreach (var shard in table.Shards())
            yield return shard;
    }

    /// <summary>Every shard, read anew at each enumeration.</summary>
    /// <exception cref="EmException">A shard is missing, or its slot damaged.</exception>
    public IEnumerable<ShardRecord> Shards()
    {
        foreach (var level in Levels)
        {
            foreach (var (number, slot) in Slots(level.Level))
                yield return ShardSlot.Read(slot.Span, _firstNumbers[level.Level] + number, level, PositionOf(level, number)) ?? throw NoRecord(level, number);
        }
    }

    /// <summary>The files of all shards that have one, read anew at each enumeration.</summary>
    /// <param name="volumeFolder">The volume's folder.</param>
    /// <exception cref="EmException">A shard is missing, or its slot damaged.</exception>
    public IEnumerable<StoredShard> Files(string volumeFolder)
    {
        var folder = new ShardFolder(Path.GetFullPath(volumeFolder));
        foreach (var level in Levels)
        {
            foreach (var (position, state, stored, checksum) in States(level))
            {
                if (state == ShardState.Missing)
                    throw NoRecord(level, NumberOf(level, position));
                if (state == ShardState.Written)
                    yield return new StoredShard(folder.File(level.Level, position), stored, checksum);
            }
        }
    }

    /// <summary>The bytes of all of a level's shard files.</summary>
    public long StoredBytes(LevelGrid level) => States(level).Sum(shard => shard.StoredBytes);

    /// <summary>What is known of the files of a level's shards, in order. A damaged slot's shard is missing.</summary>
    internal IEnumerable<(NdIndex Position, ShardState State, long StoredBytes, uint Checksum)> States(LevelGrid level)
    {
        foreach (var (number, slot) in Slots(level.Level))
        {
            var (state, stored, checksum) = ShardSlot.ReadFile(slot.Span, _firstNumbers[level.Level] + number);
            yield return (PositionOf(level, number), state, stored, checksum);
        }
    }

    /// <summary>What is known of the files of some of a level's shards, in C order. A damaged slot's shard is missing.</summary>
    /// <param name="shards">In the level's grid of shards.</param>
    internal IEnumerable<(NdIndex Position, ShardState State, long StoredBytes, uint Checksum)> States(LevelGrid level, Box shards)
    {
        var length = _slotLengths[level.Level];
        var row = new byte[checked((int)(shards.Shape[2] * length))];
        foreach (var first in new Box(shards.Origin, shards.Shape).CellsTouched(new NdIndex(1, 1, Math.Max(1, level.Grid[2]))))
        {
            var start = new NdIndex(first[0], first[1], shards.Origin[2]);
            var number = NumberOf(level, start);
            row.AsSpan(ReadFully(row, _offsets[level.Level] + (number * length))).Clear();
            for (var i = 0; i < shards.Shape[2]; i++)
            {
                var (state, stored, checksum) = ShardSlot.ReadFile(row.AsSpan(i * length, length), _firstNumbers[level.Level] + number + i);
                yield return (start + new NdIndex(0, 0, i), state, stored, checksum);
            }
        }
    }

    /// <summary>Records finished shards, and returns when they are on the disk.</summary>
    internal void Write(IEnumerable<ShardRecord> shards)
    {
        foreach (var shard in shards)
        {
            var (number, slot) = Slot(shard);
            WriteSlot(shard.Level, number, slot);
        }

        Flush();
    }

    void IShardLog.Write(IEnumerable<ShardRecord> shards) => Write(shards);

    internal int SlotLength(int level) => _slotLengths[level];

    /// <summary>A shard's slot and its number within its level.</summary>
    internal (long Number, byte[] Slot) Slot(ShardRecord shard)
    {
        var (level, number) = (shard.Level, NumberOf(Levels[shard.Level], shard.Position));
        var slot = new byte[_slotLengths[level]];
        ShardSlot.Write(slot, _firstNumbers[level] + number, shard);
        return (number, slot);
    }

    /// <summary>Which shard a slot is of, and what it says of its file; one that is no slot of this table is of a missing shard.</summary>
    internal (NdIndex Position, ShardState State, long StoredBytes, uint Checksum) ReadSlot(int level, long number, ReadOnlySpan<byte> slot)
    {
        var (state, stored, checksum) = IsSlot(level, number, slot) ? ShardSlot.ReadFile(slot, _firstNumbers[level] + number) : default;
        return (state == ShardState.Missing ? default : PositionOf(Levels[level], number), state, stored, checksum);
    }

    /// <summary>Puts a slot into its place, durable with the next <see cref="Flush"/>; nothing that is no slot of this table.</summary>
    internal void WriteSlot(int level, long number, ReadOnlySpan<byte> slot)
    {
        if (IsSlot(level, number, slot))
            RandomAccess.Write(_file, slot, _offsets[level] + (number * slot.Length));
    }

    internal void Flush() => Durable.Flush(_file);

    public void Dispose() => _file.Dispose();

    private bool IsSlot(int level, long number, ReadOnlySpan<byte> slot) =>
        level >= 0 && level < Levels.Count && slot.Length == _slotLengths[level] && number >= 0 && number < Levels[level].Grid.Volume;

    private static ShardTable? Open(string path, FileAccess access)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        if (ShardTableHeader.Read(file) is { } read)
            return new ShardTable(path, file, read.Header, read.Length);
        file.Dispose();
        return null;
    }

    /// <summary>A level's slots in order, each valid until the next.</summary>
    private IEnumerable<(long Number, ReadOnlyMemory<byte> Slot)> Slots(int level)
    {
        var (length, count) = (_slotLengths[level], Levels[level].Grid.Volume);
        var together = Math.Max(1, ReadLength / length);
        var buffer = new byte[Math.Min(together, count) * length];
        for (var first = 0L; first < count; first += together)
        {
            var slots = (int)Math.Min(together, count - first);
            var read = ReadFully(buffer.AsSpan(0, slots * length), _offsets[level] + (first * length));
            // What lies behind the end of a file that was cut off is not there.
            buffer.AsSpan(read).Clear();
            for (var i = 0; i < slots; i++)
                yield return (first + i, buffer.AsMemory(i * length, length));
        }
    }

    private int ReadFully(Span<byte> buffer, long offset)
    {
        var total = 0;
        for (int read; total < buffer.Length && (read = RandomAccess.Read(_file, buffer[total..], offset + total)) > 0;)
            total += read;
        return total;
    }

    private static NdIndex PositionOf(LevelGrid level, long number)
    {
        var (rows, x) = Math.DivRem(number, level.Grid[2]);
        var (z, y) = Math.DivRem(rows, level.Grid[1]);
        return new NdIndex(z, y, x);
    }

    private static long NumberOf(LevelGrid level, NdIndex position) => (((position[0] * level.Grid[1]) + position[1]) * level.Grid[2]) + position[2];

    private EmException NoRecord(LevelGrid level, long number) => EmException.Corrupt(
        _path,
        $"got no whole record of shard {PositionOf(level, number)} of level {level.Level} at byte {_offsets[level.Level] + (number * _slotLengths[level.Level])}, expected one. Run Rechunk again: it makes that shard anew.");
}

/// <summary>One shard's file as it was written.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Checksum">CRC-32C of the whole file.</param>
public readonly record struct StoredShard(string Path, long Length, uint Checksum);
