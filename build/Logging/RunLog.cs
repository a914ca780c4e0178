using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace EmPipeline.Build.Logging;

/// <summary>The log of one run: JSON lines in DATA/logs, opened once a stage says where its data lies; what came before is kept until then.</summary>
internal sealed class RunLog : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly List<string> _early = [];
    private readonly Dictionary<(string Dataset, string Stage), Dictionary<string, object?>> _running = [];
    private readonly Stopwatch _sinceSign = Stopwatch.StartNew();
    private StreamWriter? _file;

    /// <summary>The file's path; null while there is none.</summary>
    public string? File { get; private set; }

    public void Open(string data)
    {
        if (File is not null)
            return;
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(data, "logs"));
            File = Path.Combine(folder.FullName, DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture) + ".jsonl");
            _file = new StreamWriter(File) { AutoFlush = true };
            _early.ForEach(_file.WriteLine);
            _early.Clear();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A data folder that cannot be written to is the stage's error to report; the log only goes without.
            File = null;
        }
    }

    public void Write(DateTime time, string kind, Dictionary<string, object?> fields)
    {
        fields["time"] = time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
        fields["kind"] = kind;
        var line = JsonSerializer.Serialize(fields);
        if (_file is null)
            _early.Add(line);
        else
            _file.WriteLine(line);
    }

    /// <summary>
    /// How far the stages that are at work have come, for who looks on: in a file beside the log, anew each second, gone at the end. A log of it would grow
    /// without an end.
    /// </summary>
    public void Sign(StageEvent stage)
    {
        var key = (stage.Dataset, stage.Stage);
        if (stage.State == StageState.Running)
            _running[key] = new(stage.Fields) { ["total"] = stage.Total };
        else
            _running.Remove(key);
        if (File is null || _sinceSign.Elapsed < Pause)
            return;
        _sinceSign.Restart();
        try
        {
            System.IO.File.WriteAllText(Signs + ".tmp", JsonSerializer.Serialize(_running.Values));
            System.IO.File.Move(Signs + ".tmp", Signs, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody's work depends on it.
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        if (File is null)
            return;
        try
        {
            System.IO.File.Delete(Signs);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As above.
        }
    }

    private string Signs => Path.ChangeExtension(File!, ".running.json");
}
