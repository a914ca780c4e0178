using System.Globalization;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Logging;

public enum StageState
{
    Running,
    UpToDate,
    Done,
    Failed,
}

/// <summary>A stage's progress as it crosses from a task to the logger: one MSBuild event, its fields as text.</summary>
/// <param name="Bytes">Done so far in this run.</param>
/// <param name="Total">In all; 0 while unknown.</param>
/// <param name="Summary">What a finished stage says of itself.</param>
public sealed record StageEvent(
    string Dataset, string Stage, StageState State, long Bytes = 0, long Total = 0, TimeSpan Elapsed = default, string? Summary = null, string Data = "")
{
    public const string EventType = "EmPipeline.Stage";

    public double BytesPerSecond => Elapsed.TotalSeconds > 0 ? Bytes / Elapsed.TotalSeconds : 0;

    public Dictionary<string, object?> Fields => new()
    {
        ["dataset"] = Dataset,
        ["stage"] = Stage,
        ["state"] = State.ToString(),
        ["bytes"] = Bytes,
        ["seconds"] = Math.Round(Elapsed.TotalSeconds, 3),
        ["summary"] = Summary,
    };

    public static StageEvent From(ExtendedBuildMessageEventArgs e)
    {
        var fields = e.ExtendedMetadata!;
        return new StageEvent(
            fields["dataset"]!, fields["stage"]!, Enum.Parse<StageState>(fields["state"]!),
            long.Parse(fields["bytes"]!, CultureInfo.InvariantCulture), long.Parse(fields["total"]!, CultureInfo.InvariantCulture),
            TimeSpan.FromTicks(long.Parse(fields["ticks"]!, CultureInfo.InvariantCulture)), fields["summary"], fields["data"]!);
    }

    public ExtendedBuildMessageEventArgs ToMessage() =>
        new(EventType, $"{Dataset} {Stage} {State}", helpKeyword: null, senderName: "EmPipeline", MessageImportance.Low)
        {
            ExtendedMetadata = new Dictionary<string, string?>
            {
                ["dataset"] = Dataset,
                ["stage"] = Stage,
                ["state"] = State.ToString(),
                ["bytes"] = Bytes.ToString(CultureInfo.InvariantCulture),
                ["total"] = Total.ToString(CultureInfo.InvariantCulture),
                ["ticks"] = Elapsed.Ticks.ToString(CultureInfo.InvariantCulture),
                ["summary"] = Summary,
                ["data"] = Data,
            },
        };
}
