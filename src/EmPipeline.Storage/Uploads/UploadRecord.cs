using System.Globalization;

namespace EmPipeline.Storage;

/// <summary>
/// Which version a store gave to which content: a line for each object that it took, appended as that happens. It only saves reading: what a store has now is
/// what its listing says, and for a version that is not in here the file is read and compared. A torn line is ignored. Safe for concurrent use by one
/// process at a time.
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
    internal bool Knows(UploadItem item, ulong etag)
    {
        if (item.Identity is null)
            return false;
        lock (_gate)
            return _known.Contains(StoredIndex.Hash(Line(item, etag)));
    }

    /// <summary>Notes that the store has this content at this version.</summary>
    internal void Add(UploadItem item, string? etag)
    {
        if (etag is null || item.Identity is null)
            return;
        var line = Line(item, StoredIndex.Hash(etag));
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

    private static string Line(UploadItem item, ulong etag) =>
        string.Create(CultureInfo.InvariantCulture, $"{item.Length} {StoredIndex.Hash(item.Identity!):x16} {etag:x16} {item.Key}");
}
