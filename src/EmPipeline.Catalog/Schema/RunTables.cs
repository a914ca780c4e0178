namespace EmPipeline.Catalog.Schema;

/// <summary>The table of the runs.</summary>
internal static class RunTables
{
    public static Table<RunRow> Runs { get; } =
        new Table<RunRow>("runs", "How every stage of every run went, as far as the data folder's logs go back when this catalogue was built. Not part of what tells one catalogue from another.") { Key = ["run", "dataset", "stage"] }
        .Text("run", "When the run began, UTC; the name of its log.", row => row.Run)
        .Text("dataset", "The dataset, or DATASET/LABEL; (all) for the catalogue. It need not be in this catalogue.", row => row.Dataset)
        .Text("stage", "The stage.", row => row.Stage)
        .Text("state", "'done' or 'failed'.", row => row.State)
        .Text("finished", "When it ended, ISO 8601, UTC.", row => row.Finished)
        .Value("seconds", "How long it took.", row => row.Seconds)
        .Value("bytes", "Bytes that it fetched (Download), checked (Verify) or wrote.", row => row.Bytes)
        .OptionalValue("bytes_per_second", "Of those; null where there are none.", row => row.BytesPerSecond)
        .OptionalText("summary", "What it read and made, in its own words; null when it failed.", row => row.Summary);
}
