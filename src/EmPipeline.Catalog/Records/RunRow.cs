namespace EmPipeline.Catalog;

/// <summary>How a stage went in a run.</summary>
/// <param name="Run">When the run began, UTC, as its log is called.</param>
/// <param name="Dataset">Of a label "DATASET/LABEL"; "(all)" for the catalogue. It may have left the catalogue since.</param>
/// <param name="Finished">When the stage ended, ISO 8601, UTC.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Bytes">Bytes that it fetched, checked or wrote.</param>
/// <param name="Summary">What it says of itself; null when it failed.</param>
public sealed record RunRow(string Run, string Dataset, string Stage, string State, string Finished, double Seconds, long Bytes, string? Summary)
{
    /// <summary>Of <see cref="State"/>: it made what it should.</summary>
    public const string Done = "done";

    /// <summary>Of <see cref="State"/>: it ended with an error.</summary>
    public const string Failed = "failed";

    /// <summary>Null where there are no bytes to count.</summary>
    public double? BytesPerSecond => Bytes > 0 && Seconds > 0 ? Bytes / Seconds : null;
}
