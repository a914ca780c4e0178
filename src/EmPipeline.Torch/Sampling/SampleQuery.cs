namespace EmPipeline.Torch;

/// <summary>One of the queries that samples are drawn from.</summary>
/// <param name="Query">SQL, or a condition, as for <see cref="BlockSource.OpenAsync(string, string, BlockOptions?, CancellationToken)"/>.</param>
public sealed record SampleQuery(string Query)
{
    /// <summary>
    /// Its share of every batch, against the other queries' weights; a number above 0. Unless any query of a source has one, each weighs as many
    /// as it has blocks; either all have one or none.
    /// </summary>
    public double? Weight { get; init; }
}
