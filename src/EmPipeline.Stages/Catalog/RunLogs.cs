using System.Globalization;
using System.Text.Json;
using EmPipeline.Catalog;

namespace EmPipeline.Stages.Catalog;

/// <summary>
/// What the data folder's logs say of runs: a line each stage that ended. Nothing depends on them: a log that is gone or damaged is a run less, and
/// the run that is at work is in as far as it has come.
/// </summary>
internal static class RunLogs
{
    private const int MostLogs = 1000;

    /// <summary>In the order in which runs began; of a stage that ran twice in one run the last.</summary>
    public static IReadOnlyList<RunRow> Read(DataFolder data)
    {
        if (!Directory.Exists(data.Logs))
            return [];
        var logs = Directory.EnumerateFiles(data.Logs, DataFolder.LogPattern).Order(StringComparer.Ordinal).TakeLast(MostLogs);
        return logs.SelectMany(log => Read(log).GroupBy(row => (row.Dataset, row.Stage)).Select(stage => stage.Last())).ToList();
    }

    private static IEnumerable<RunRow> Read(string log)
    {
        var run = Path.GetFileNameWithoutExtension(log);
        var began = DateTime.TryParseExact(run, "yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            : run;
        // Its writer may be at work.
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var lines = new StreamReader(file);
        while (lines.ReadLine() is { } line)
        {
            if (Row(began, line) is { } row)
                yield return row;
        }
    }

    private static RunRow? Row(string run, string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var entry = json.RootElement;
            if (entry.GetProperty("kind").GetString() != "stage" || State(entry.GetProperty("state").GetString()) is not { } state)
                return null;
            return new RunRow(
                run, entry.GetProperty("dataset").GetString()!, entry.GetProperty("stage").GetString()!, state, entry.GetProperty("time").GetString()!,
                entry.GetProperty("seconds").GetDouble(), entry.GetProperty("bytes").GetInt64(), state == RunRow.Done ? entry.GetProperty("summary").GetString() : null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // The line that a kill cut short, or somebody's own.
            return null;
        }
    }

    private static string? State(string? state) => state switch
    {
        "Done" => RunRow.Done,
        "Failed" => RunRow.Failed,
        _ => null,
    };
}
