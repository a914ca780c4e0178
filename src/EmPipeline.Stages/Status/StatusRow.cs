namespace EmPipeline.Stages.Status;

/// <summary>Whether one stage of one dataset would run.</summary>
/// <param name="Reason">Why it would; null when it is up to date.</param>
public sealed record StatusRow(string Dataset, string Stage, string? Reason)
{
    public bool UpToDate => Reason is null;
}
