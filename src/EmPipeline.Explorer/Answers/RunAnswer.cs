using System.Globalization;
using System.Text.Json;
using EmPipeline.Explorer.Requests;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Answers;

/// <summary>The last run on the data folder as its log tells it, and how far what is at work now has come.</summary>
/// <param name="data">The data folder.</param>
internal sealed class RunAnswer(Shown shown, string data)
{
    private const int MostMessages = 50;

    public IResult Get()
    {
        var folder = new DirectoryInfo(Path.Combine(data, "logs"));
        var log = folder.Exists ? folder.EnumerateFiles("*.jsonl").MaxBy(file => file.Name, StringComparer.Ordinal) : null;
        return TypedResults.Json(new { version = shown.Catalogue.Version, now = DateTime.UtcNow, run = log is null ? null : Read(log) }, JsonAnswer.Options);
    }

    private static object Read(FileInfo log)
    {
        var stages = new Dictionary<(string?, string?), JsonElement>();
        var messages = new List<JsonElement>();
        JsonElement? finished = null;
        using var reader = new StreamReader(new FileStream(log.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (reader.ReadLine() is { } line)
        {
            // The last line may be half written.
            if (Parse(line) is not { } entry)
                continue;
            switch (Text(entry, "kind"))
            {
                case "stage":
                    stages[(Text(entry, "dataset"), Text(entry, "stage"))] = entry;
                    break;
                case "warning" or "error":
                    messages.Add(entry);
                    break;
                case "finished":
                    finished = entry;
                    break;
            }
        }

        log.Refresh();
        var running = finished is null ? Running(log) : null;
        return new
        {
            log = log.Name,
            started = Started(log.Name),
            lastSign = running?.Time ?? log.LastWriteTimeUtc,
            succeeded = finished is { } end && end.TryGetProperty("succeeded", out var succeeded) ? succeeded.GetBoolean() : (bool?)null,
            finished = finished is { } last ? Text(last, "time") : null,
            stages = stages.Values,
            running = running?.Stages,
            messages = messages.TakeLast(MostMessages),
        };
    }

    /// <summary>What the run wrote beside its log while it is at work.</summary>
    private static (DateTime Time, JsonElement Stages)? Running(FileInfo log)
    {
        try
        {
            var file = new FileInfo(Path.ChangeExtension(log.FullName, ".running.json"));
            return file.Exists && Parse(File.ReadAllText(file.FullName)) is { } stages ? (file.LastWriteTimeUtc, stages) : null;
        }
        catch (IOException)
        {
            // It has just ended.
            return null;
        }
    }

    private static string? Started(string name) =>
        DateTime.TryParseExact(Path.GetFileNameWithoutExtension(name), "yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time.ToString("O", CultureInfo.InvariantCulture)
            : null;

    private static JsonElement? Parse(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
