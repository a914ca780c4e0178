using System.Globalization;
using System.Text.Json;

namespace EmPipeline.Build.Logging;

/// <summary>The log of one run: JSON lines in DATA/logs, opened once a stage says where its data lies; what came before is kept until then.</summary>
internal sealed class RunLog : IDisposable
{
    private readonly List<string> _early = [];
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

    public void Dispose() => _file?.Dispose();
}
