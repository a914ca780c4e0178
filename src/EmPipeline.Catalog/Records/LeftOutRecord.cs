namespace EmPipeline.Catalog;

/// <summary>A dataset of the data folder that is not in the catalogue, because what is there is not what its configuration asks for.</summary>
/// <param name="Configuration">The configuration file that defines it.</param>
/// <param name="Stage">The first stage that has to run; null when no run would bring it back.</param>
/// <param name="Reason">Why that stage has to run.</param>
public sealed record LeftOutRecord(string Dataset, string Configuration, string? Stage, string Reason)
{
    /// <summary>Stage and reason in one text.</summary>
    public string Why => Stage is null ? Reason : $"{Stage} has to run: {Reason}";
}
