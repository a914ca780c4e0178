namespace EmPipeline.Storage;

/// <summary>What <see cref="StoreFactory"/> hands to the stores it opens.</summary>
public sealed record StoreOptions
{
    public HttpStoreOptions Http { get; init; } = new();

    public S3StoreOptions S3 { get; init; } = new();
}
