using System.Text.Json;
using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages.Download;

/// <summary>
/// What a Download that has not finished has already brought: a line a file, so that a killed run of thousands of objects goes on where
/// it stopped; before that, what the last finished one brought. A torn last line is ignored. Deleted once the ledger stands.
/// </summary>
internal sealed class DownloadJournal : IDisposable
{
    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly LockedObjects _entries;
    private StreamWriter? _writer;

    /// <param name="before">The raw files as the last finished Download left them; owned from now on.</param>
    public DownloadJournal(string path, LockedObjects before)
    {
        (_path, _entries) = (path, before);
        if (!File.Exists(path))
            return;
        foreach (var line in File.ReadLines(path))
        {
            try
            {
                _entries.Add(JsonSerializer.Deserialize<LockedObject>(line, CanonicalJson.Line)!);
            }
            catch (JsonException)
            {
                // The line that a kill cut short.
            }
        }
    }

    public LockedObject? Find(string key) => _entries.Find(key);

    public void Add(LockedObject entry)
    {
        var line = JsonSerializer.Serialize(entry, CanonicalJson.Line);
        lock (_gate)
        {
            if (_writer is null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
                _writer = new StreamWriter(_path, append: true) { AutoFlush = true };
            }

            // A torn line at the end must not swallow this one.
            _writer.Write($"\n{line}\n");
        }
    }

    /// <summary>Removes the journal: the ledger and the lock file hold its content now.</summary>
    public void Delete()
    {
        Dispose();
        if (File.Exists(_path))
            File.Delete(_path);
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
