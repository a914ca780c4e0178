namespace EmPipeline.Storage;

/// <summary>Where and how an <see cref="S3Store"/> asks. Always anonymous: the buckets are public.</summary>
public sealed record S3StoreOptions
{
    public string Region { get; init; } = "us-east-1";

    /// <summary>Another endpoint that speaks S3 (a mirror), addressed by path; null for Amazon's own.</summary>
    public Uri? ServiceUrl { get; init; }

    public RetryOptions Retry { get; init; } = new();
}
