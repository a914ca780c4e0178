namespace EmPipeline.Stages.Status;

/// <summary>Whether one stage of one dataset would run.</summary>
/// <param name="Reason">Why it would; null when it is up to date.</param>
/// <param name="Waits">It would only if what runs before it makes something else.</param>
public sealed record StatusRow(string Dataset, string Stage, string? Reason, bool Waits = false)
{
    public bool UpToDate => Reason is null;
}
