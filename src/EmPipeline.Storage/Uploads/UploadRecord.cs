using System.Globalization;

namespace EmPipeline.Storage;

/// <summary>
/// Which content a store is known to have at which version: a line for each object that it took with its checksum, appended as that happens. It only saves
/// questions: what a store has now is what its listing says, and a version that is not in here is asked for its checksum. A torn line is ignored, a lost
/// record costs requests. Safe for concurrent use by one process at a time.
/// </summary>
public sealed class UploadRecord : IDisposable
{
    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly HashSet<ulong> _known = [];
    private StreamWriter? _writer;

    /// <param name="path">A file of lines, made where it is missing.</param>
    public UploadRecord(string path)
    {
        _path = path;
        if (!File.Exists(path))
            return;
        foreach (var line in File.ReadLines(path))
        {
            if (line.Length > 0)
                _known.Add(StoredIndex.Hash(line));
        }
    }

    /// <param name="etag">The hash of the version, as <see cref="StoredIndex"/> has it.</param>
    internal bool Knows(string key, long length, uint crc32C, ulong etag)
    {
        lock (_gate)
            return _known.Contains(StoredIndex.Hash(Line(key, length, crc32C, etag)));
    }

    /// <summary>Notes that the store has this content at this version.</summary>
    internal void Add(string key, long length, uint crc32C, string? etag)
    {
        if (etag is null)
            return;
        var line = Line(key, length, crc32C, StoredIndex.Hash(etag));
        lock (_gate)
        {
            if (!_known.Add(StoredIndex.Hash(line)))
                return;
            if (_writer is null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
                // A torn line at the end must not swallow the next one.
                _writer = new StreamWriter(_path, append: true) { AutoFlush = true, NewLine = "\n" };
                _writer.WriteLine();
            }

            _writer.WriteLine(line);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _writer?.Dispose();
            _writer = null;
        }
    }

    private static string Line(string key, long length, uint crc32C, ulong etag) =>
        string.Create(CultureInfo.InvariantCulture, $"{length} {crc32C:x8} {etag:x16} {key}");
}
