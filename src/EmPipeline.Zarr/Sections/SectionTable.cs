using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.Sections;

/// <summary>
/// What the parts of a volume's shards say of its sections: a file with a slot of fixed length for each part, in C order, of a record for each
/// section, after a page of which plan they are of. A record begins with the CRC-32C of the rest, begun with its place, so a torn or missing one is found; it follows from
/// the part's voxels alone and can be made again from the shard. So nothing here waits for the disk. Writing and reading other parts at once is safe.
/// </summary>
internal sealed class SectionTable : ISectionSink, IDisposable
{
    private const int PageLength = 4096;
    // Raised when the same voxels leave other records.
    private const string Version = "EMSECTION2";
    private readonly string _path;
    private readonly SafeFileHandle _file;

    private SectionTable(string path, SafeFileHandle file, SectionGrid grid) => (_path, _file, Grid) = (path, file, grid);

    public SectionGrid Grid { get; }

    /// <param name="key">Of the plan that the shards are of.</param>
    /// <param name="goesOn">Keeps what an earlier run left, if it is of the same plan.</param>
    public static SectionTable Open(string path, string key, SectionGrid grid, bool goesOn)
    {
        path = Path.GetFullPath(path);
        var page = new byte[PageLength];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Version}|{key}|{grid.Patch}|{grid.RecordLength}|{grid.Level.Part}")).CopyTo(page, 0);
        if (goesOn && TryOpen(path, page) is { } earlier)
            return new SectionTable(path, earlier, grid);
        AtomicFile.Write(path, page, durable: false);
        return new SectionTable(path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite), grid);
    }

    public void Write(NdIndex part, Span<byte> records)
    {
        WriteSlot(Stamp(Grid, part, records), records);
    }

    /// <summary>Gives a part's records their checksums.</summary>
    /// <returns>The number of the part's slot.</returns>
    public static long Stamp(SectionGrid grid, NdIndex part, Span<byte> records)
    {
        var number = NumberOf(grid, part);
        for (var i = 0; i < records.Length / grid.RecordLength; i++)
        {
            var record = records.Slice(i * grid.RecordLength, grid.RecordLength);
            BinaryPrimitives.WriteUInt32LittleEndian(record, Checksum(record, number, i));
        }

        return number;
    }

    /// <summary>Writes what a part says, checksums included.</summary>
    public void WriteSlot(long number, ReadOnlySpan<byte> records)
    {
        try
        {
            RandomAccess.Write(_file, records, PageLength + (number * Grid.SlotLength));
        }
        catch (IOException e)
        {
            throw new EmException(Fault.Machine, $"{_path}: {e.Message} Free some space, then run again: finished shards are kept.", e);
        }
    }

    /// <summary>Reads a few sections of a part; false where a record is not whole.</summary>
    public bool TryRead(NdIndex part, int first, int count, Span<byte> records)
    {
        var (number, read) = (NumberOf(Grid, part), 0);
        var offset = PageLength + (number * Grid.SlotLength) + ((long)first * Grid.RecordLength);
        for (int more; read < records.Length && (more = RandomAccess.Read(_file, records[read..], offset + read)) > 0;)
            read += more;
        if (read < records.Length)
            return false;
        for (var i = 0; i < count; i++)
        {
            var record = records.Slice(i * Grid.RecordLength, Grid.RecordLength);
            if (BinaryPrimitives.ReadUInt32LittleEndian(record) != Checksum(record, number, first + i))
                return false;
        }

        return true;
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle? TryOpen(string path, ReadOnlySpan<byte> page)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        var start = new byte[PageLength];
        if (RandomAccess.Read(file, start, 0) == PageLength && page.SequenceEqual(start))
            return file;
        file.Dispose();
        return null;
    }

    private static long NumberOf(SectionGrid grid, NdIndex part) => (((part[0] * grid.Level.PartGrid[1]) + part[1]) * grid.Level.PartGrid[2]) + part[2];

    // Zeros are no record: their checksum is none.
    private static uint Checksum(ReadOnlySpan<byte> record, long part, int section) => Crc32C.Append((uint)((part * 65537) + section + 1), record[4..]);
}
