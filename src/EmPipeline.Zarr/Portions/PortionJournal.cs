using System.Buffers.Binary;
using System.Text;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.Sections;
using EmPipeline.Zarr.V3;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.Portions;

/// <summary>
/// What one portion's run has finished: a file that only grows, of records with a checksum each (CRC-32C of what follows it, kind, number, length,
/// content; little-endian), after a header that names the plan. A shard's record is its slot of the <see cref="ShardTable"/>, a part's sections are its slot of
/// the <see cref="SectionTable"/>; the last record says that the portion is done. Believed as far as it is whole. Who writes it holds it: a run that lives on
/// while its successor starts keeps that one waiting. Safe for concurrent use.
/// </summary>
internal sealed class PortionJournal : IShardLog, ISectionSink, IDisposable
{
    private const int HeaderLength = 80, FrameLength = 20;
    private const int SectionsKind = -1, DoneKind = -2;
    private const int MostContent = 1 << 28, WindowLength = 1 << 18;
    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly ExclusiveFile _held;
    private readonly ShardTable _table;
    private readonly SectionGrid? _grid;
    private long _length;

    private PortionJournal(string path, ExclusiveFile held, ShardTable table, SectionGrid? grid, long length) =>
        (_path, _held, _table, _grid, _length) = (path, held, table, grid, length);

    public SectionGrid Grid => _grid!;

    private static ReadOnlySpan<byte> Magic => "EMPORTN1"u8;

    /// <summary>Opens a journal to go on with it, once nobody else holds it; one of another plan is begun anew.</summary>
    /// <param name="table">Of the plan; not disposed.</param>
    /// <param name="grid">Null where nobody asks for sections.</param>
    /// <param name="taken">Told of each shard that an earlier run recorded.</param>
    /// <returns>The journal, and whether it says that the portion is done.</returns>
    public static async Task<(PortionJournal Journal, bool IsDone)> OpenToWriteAsync(
        string path, ShardTable table, SectionGrid? grid, Action<int, long, ReadOnlyMemory<byte>> taken, CancellationToken cancellation)
    {
        var held = await ExclusiveFile.AcquireAsync(path, cancellation);
        var file = held.Handle;
        var (length, isDone) = Read(file, table.Key, (kind, number, content) =>
        {
            if (kind >= 0)
                taken(kind, number, content);
        });
        if (length == 0)
        {
            RandomAccess.SetLength(file, 0);
            RandomAccess.Write(file, Header(table.Key), 0);
            Durable.Flush(file);
            Durable.FlushFolder(Path.GetDirectoryName(path)!);
            length = HeaderLength;
        }
        else
        {
            RandomAccess.SetLength(file, length);
        }

        return (new PortionJournal(path, held, table, grid, length), isDone);
    }

    /// <summary>Puts what a journal holds into the tables of the volume. Nobody may be writing it.</summary>
    /// <returns>Whether it is of the table's plan, and whether it says that its portion is done.</returns>
    public static (bool IsOurs, bool IsDone) CopyTo(string path, ShardTable table, SectionTable? sections)
    {
        using var file = File.OpenHandle(path);
        var (length, isDone) = Read(file, table.Key, (kind, number, content) =>
        {
            if (kind >= 0)
                table.WriteSlot(kind, number, content.Span);
            else if (kind == SectionsKind)
                sections?.WriteSlot(number, content.Span);
        });
        return (length > 0, isDone);
    }

    /// <summary>Whether a journal says that its portion is done; false while somebody holds it.</summary>
    public static bool IsDone(string path)
    {
        Span<byte> frame = stackalloc byte[FrameLength];
        try
        {
            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            return length >= HeaderLength + FrameLength && RandomAccess.Read(file, frame, length - FrameLength) == FrameLength
                && BinaryPrimitives.ReadInt32LittleEndian(frame[4..]) == DoneKind && IsWhole(frame);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>How long the journal of a portion is when all of it is made.</summary>
    public static long LengthOf(ShardTable table, SectionGrid? grid, Portion portion)
    {
        var length = HeaderLength + FrameLength + table.Levels.Sum(level => portion.Shards(level.Level).Volume * (FrameLength + table.SlotLength(level.Level)));
        if (grid is null)
            return length;
        var (part, voxels) = (grid.Level.Part, portion.Voxels.Shape);
        var columns = NdIndex.CeilingDivide(voxels, part);
        return length + (columns.Volume * FrameLength) + (columns[1] * columns[2] * voxels[0] * grid.RecordLength);
    }

    public void Write(IEnumerable<ShardRecord> shards)
    {
        lock (_lock)
        {
            foreach (var shard in shards)
            {
                var (number, slot) = _table.Slot(shard);
                Append(shard.Level, number, slot);
            }
        }

        Durable.Flush(_held.Handle);
    }

    public void Write(NdIndex part, Span<byte> records)
    {
        var number = SectionTable.Stamp(Grid, part, records);
        try
        {
            lock (_lock)
                Append(SectionsKind, number, records);
        }
        catch (IOException e)
        {
            throw new EmException(Fault.Machine, $"{_path}: {e.Message} Free some space, then run again: finished shards are kept.", e);
        }
    }

    /// <summary>Says that all shards of the portion are made, durable and named.</summary>
    public void Finish()
    {
        lock (_lock)
            Append(DoneKind, 0, []);
        Durable.Flush(_held.Handle);
    }

    public void Dispose() => _held.Dispose();

    private void Append(int kind, long number, ReadOnlySpan<byte> content)
    {
        var record = new byte[FrameLength + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), kind);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(8), number);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(16), content.Length);
        content.CopyTo(record.AsSpan(FrameLength));
        BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Compute(record.AsSpan(4)));
        RandomAccess.Write(_held.Handle, record, _length);
        _length += record.Length;
    }

    /// <summary>Hands out all whole records.</summary>
    /// <returns>How long the whole part of the file is, 0 when it is of another plan; whether the last record says that all is done.</returns>
    private static (long Length, bool IsDone) Read(SafeFileHandle file, string key, Action<int, long, ReadOnlyMemory<byte>> take)
    {
        var (window, start, filled) = (new byte[WindowLength], 0L, 0);
        if (!At(0, HeaderLength).Span.SequenceEqual(Header(key)))
            return (0, false);
        var (length, isDone) = ((long)HeaderLength, false);
        while (At(length, FrameLength) is { Length: FrameLength } frame)
        {
            var (kind, number, count) = (
                BinaryPrimitives.ReadInt32LittleEndian(frame.Span[4..]), BinaryPrimitives.ReadInt64LittleEndian(frame.Span[8..]), BinaryPrimitives.ReadInt32LittleEndian(frame.Span[16..]));
            if (count is < 0 or > MostContent)
                break;
            var record = At(length, FrameLength + count);
            if (record.IsEmpty || !IsWhole(record.Span))
                break;
            isDone = kind == DoneKind;
            take(kind, number, record[FrameLength..]);
            length += record.Length;
        }

        return (length, isDone);

        // Valid until the next call; empty where the file ends before.
        ReadOnlyMemory<byte> At(long offset, int count)
        {
            if (offset + count > start + filled)
            {
                if (window.Length < count)
                    window = new byte[count];
                (start, filled) = (offset, 0);
                for (int more; filled < window.Length && (more = RandomAccess.Read(file, window.AsSpan(filled), start + filled)) > 0;)
                    filled += more;
            }

            return offset + count <= start + filled ? window.AsMemory((int)(offset - start), count) : default;
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> record) => Crc32C.Compute(record[4..]) == BinaryPrimitives.ReadUInt32LittleEndian(record);

    private static byte[] Header(string key)
    {
        var header = new byte[HeaderLength];
        Magic.CopyTo(header);
        Encoding.ASCII.GetBytes(key).AsSpan(0, Math.Min(key.Length, 64)).CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(HeaderLength - 4), Crc32C.Compute(header.AsSpan(0, HeaderLength - 4)));
        return header;
    }
}
