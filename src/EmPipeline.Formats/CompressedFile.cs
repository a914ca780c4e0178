using System.IO.Compression;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using SharpCompress.Compressors.BZip2;

namespace EmPipeline.Formats;

/// <summary>
/// A file of any format that is gzip- or bzip2-compressed as a whole. Neither can be read from the middle, so it is unpacked once to a
/// temporary file, which goes away with the last of its readers.
/// </summary>
internal static class CompressedFile
{
    // Unpacking stops before it takes the last of the disk: a small file may unpack to any size.
    private const long SpareDiskBytes = 256L << 20;
    private const int BufferBytes = 1 << 18;

    /// <summary>The suffixes that wrapped files have, dropped to get the name of what is inside.</summary>
    private static readonly string[] Suffixes = [".gz", ".gzip", ".bz2"];

    public static bool Recognises(ReadOnlySpan<byte> head) => IsGzip(head) || IsBzip2(head);

    /// <summary>Unpacks <paramref name="path"/> and opens what is inside with <paramref name="open"/>.</summary>
    /// <exception cref="EmException">The compressed bytes are damaged, or the disk has no room.</exception>
    public static async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(
        VolumePath path, ReadOnlyMemory<byte> head, Func<VolumePath, ValueTask<IReadOnlyList<IVolumeReader>>> open, CancellationToken cancellation)
    {
        var store = await UnpackedAsync(path, head, cancellation);
        try
        {
            var readers = await open(new VolumePath(store, InnerName(path.Key)));
            store.HeldBy(readers.Count);
            return [.. readers.Select(reader => new UnpackedReader(reader, store))];
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Unpacks <paramref name="path"/>, and removes what was unpacked when <paramref name="read"/> has ended.</summary>
    /// <exception cref="EmException">The compressed bytes are damaged, or the disk has no room.</exception>
    public static async ValueTask<T> ReadAsync<T>(VolumePath path, ReadOnlyMemory<byte> head, Func<VolumePath, ValueTask<T>> read, CancellationToken cancellation)
    {
        await using var store = await UnpackedAsync(path, head, cancellation);
        return await read(new VolumePath(store, InnerName(path.Key)));
    }

    private static async ValueTask<TemporaryStore> UnpackedAsync(VolumePath path, ReadOnlyMemory<byte> head, CancellationToken cancellation)
    {
        var found = await path.Store.FindAsync(path.Key, cancellation) ?? throw EmException.Unavailable(path.ToString(), "no such file.");
        var store = new TemporaryStore(path);
        try
        {
            await using var packed = new BufferedStream(new StoreStream(path.Store, path.Key, 0, found.Length), BufferBytes);
            await UnpackAsync(path, packed, IsGzip(head.Span), store.FilePath, cancellation);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    private static bool IsGzip(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 8]);

    private static bool IsBzip2(ReadOnlySpan<byte> head) => head.Length > 3 && head.StartsWith("BZh"u8) && head[3] is >= (byte)'1' and <= (byte)'9';

    private static async ValueTask UnpackAsync(VolumePath path, Stream packed, bool gzip, string target, CancellationToken cancellation)
    {
        var buffer = new byte[BufferBytes];
        var drive = new DriveInfo(Path.GetDirectoryName(target)!);
        await using var file = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        Stream? unpacked = null;
        try
        {
            while (true)
            {
                int count;
                try
                {
                    unpacked ??= gzip ? new GZipStream(packed, CompressionMode.Decompress) : OpenBzip2(packed);
                    count = await unpacked.ReadAsync(buffer, cancellation);
                }
                catch (Exception e) when (e is not (OperationCanceledException or StorageException or OutOfMemoryException or EmException))
                {
                    // The libraries throw whatever meets them in damaged data.
                    throw EmException.Corrupt(path.ToString(), $"got damaged compressed data after {file.Position} bytes were unpacked ({e.Message}).", e);
                }

                if (count == 0)
                    return;
                await WriteAsync(path, file, buffer.AsMemory(0, count), drive, target, cancellation);
            }
        }
        finally
        {
            if (unpacked is not null)
                await unpacked.DisposeAsync();
        }
    }

    private static Stream OpenBzip2(Stream packed) =>
        BZip2Stream.Create(packed, SharpCompress.Compressors.CompressionMode.Decompress, decompressConcatenated: true);

    private static async ValueTask WriteAsync(
        VolumePath path, FileStream file, ReadOnlyMemory<byte> bytes, DriveInfo drive, string target, CancellationToken cancellation)
    {
        if (drive.AvailableFreeSpace < SpareDiskBytes + bytes.Length)
            throw DiskFull(path, file.Position, target, null);
        try
        {
            await file.WriteAsync(bytes, cancellation);
        }
        catch (IOException e)
        {
            throw DiskFull(path, file.Position, target, e);
        }
    }

    private static EmException DiskFull(VolumePath path, long written, string target, Exception? inner) => new(
        Fault.Machine,
        $"{path}: got no more room in {Path.GetDirectoryName(target)} after {written} bytes were unpacked. Free disk space, or point TMPDIR to a larger disk.",
        inner);

    private static string InnerName(string key)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        var suffix = Suffixes.FirstOrDefault(suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
        return suffix is null || suffix.Length == name.Length ? name : name[..^suffix.Length];
    }

    /// <summary>A store of one file, whatever the key; errors name the compressed file that it came from.</summary>
    private sealed class TemporaryStore : IStore
    {
        private const string FileName = "unpacked";
        private readonly VolumePath _source;
        private readonly LocalStore _files;
        private int _holders;

        public TemporaryStore(VolumePath source)
        {
            _source = source;
            _files = new LocalStore(Directory.CreateTempSubdirectory("empipeline-").FullName);
        }

        public string FilePath => _files.Locate(FileName);

        public void HeldBy(int readers) => _holders = readers;

        public string Locate(string key) => $"{_source} (unpacked)";

        public async ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default) =>
            await _files.FindAsync(FileName, cancellation) is { } found ? found with { Key = key } : null;

        public ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default) =>
            _files.ReadAsync(FileName, offset, buffer, cancellation);

        public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation = default) =>
            throw new NotSupportedException($"{_source}: a single file has nothing to list.");

        public async ValueTask ReleaseAsync()
        {
            if (Interlocked.Decrement(ref _holders) == 0)
                await DisposeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _files.DisposeAsync();
            if (Directory.Exists(_files.Root))
                Directory.Delete(_files.Root, recursive: true);
        }
    }

    private sealed class UnpackedReader(IVolumeReader reader, TemporaryStore store) : IVolumeReader
    {
        private int _disposed;

        public VolumeInfo Info => reader.Info;

        public ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default) => reader.ReadAsync(box, buffer, cancellation);

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0)
                return;
            await reader.DisposeAsync();
            await store.ReleaseAsync();
        }
    }
}
