namespace EmPipeline.Stages.Ledgers;

/// <summary>The stages of one dataset, in order. The names are the MSBuild targets and the ledger file names.</summary>
public enum StageName
{
    Download,
    Verify,
    ExtractMetadata,
    Rechunk,
}

public static class StageNames
{
    /// <summary>The stages whose ledgers a stage reads.</summary>
    public static IReadOnlyList<StageName> Upstream(this StageName stage) => stage switch
    {
        StageName.Download => [],
        StageName.Verify => [StageName.Download],
        StageName.ExtractMetadata => [StageName.Download, StageName.Verify],
        _ => [StageName.Download, StageName.Verify, StageName.ExtractMetadata],
    };
}
