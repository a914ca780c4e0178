using System.Buffers.Binary;
using System.Globalization;

namespace EmPipeline.Storage;

/// <summary>
/// Pages on disk, a file each with its checksum behind it, named by rename and never changed: several processes may share the folder. The least recently
/// used go first, by the time that each reading leaves on them. What a disk refuses or lost is not there, which costs a request. Safe for concurrent use.
/// </summary>
/// <param name="limit">Bytes; each process may go over it by a twentieth before it looks what all of them have kept.</param>
internal sealed class DiskPages(string folder, long limit)
{
    private readonly Lock _trimming = new();
    private long _unseen;
    private volatile bool _looked;

    /// <summary>Fills the page, if it is there whole.</summary>
    public bool Read(string name, long page, Span<byte> bytes)
    {
        var path = PathOf(name, page);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            Span<byte> checksum = stackalloc byte[sizeof(uint)];
            if (file.Length != bytes.Length + checksum.Length)
                return false;
            file.ReadExactly(bytes);
            file.ReadExactly(checksum);
            if (BinaryPrimitives.ReadUInt32LittleEndian(checksum) != Crc32C.Compute(bytes))
                return false;
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Keep(string name, long page, ReadOnlySpan<byte> bytes)
    {
        var content = new byte[bytes.Length + sizeof(uint)];
        bytes.CopyTo(content);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(bytes.Length), Crc32C.Compute(bytes));
        try
        {
            AtomicFile.Write(PathOf(name, page), content, durable: false);
            if (Interlocked.Add(ref _unseen, content.Length) > limit / 20 || !_looked)
                Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written is none.
        }
    }

    /// <summary>Removes the least recently used until nine tenths of the limit are left; by one process at a time, the others go on.</summary>
    private void Trim()
    {
        if (!_trimming.TryEnter())
            return;
        try
        {
            using var turn = ExclusiveFile.TryAcquire(Path.Combine(folder, ".lock"));
            if (turn is null)
                return;
            Interlocked.Exchange(ref _unseen, 0);
            _looked = true;
            var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.Name != ".lock")
                .Select(file => (file.FullName, file.Length, file.LastWriteTimeUtc)).ToList();
            var total = files.Sum(file => file.Length);
            if (total <= limit)
                return;
            foreach (var file in files.OrderBy(file => file.LastWriteTimeUtc))
            {
                if (total <= limit / 10 * 9)
                    break;
                File.Delete(file.FullName);
                total -= file.Length;
            }
        }
        finally
        {
            _trimming.Exit();
        }
    }

    private string PathOf(string name, long page) => Path.Combine(folder, name[..2], $"{name[2..]}-{page.ToString(CultureInfo.InvariantCulture)}");
}
