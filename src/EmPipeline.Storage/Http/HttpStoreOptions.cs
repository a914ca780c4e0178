namespace EmPipeline.Storage;

/// <summary>How an <see cref="HttpStore"/> asks.</summary>
public sealed record HttpStoreOptions
{
    public RetryOptions Retry { get; init; } = new();

    /// <summary>
    /// Requests a second to one host, over all stores of this process that name the same figure; null for no limit. EMBL-EBI's public
    /// servers slow down who asks more than about 4 times a second.
    /// </summary>
    public double? MaxRequestsPerSecond { get; init; }

    /// <summary>Sends the requests; not owned. Null for the connection pool that all stores share.</summary>
    public HttpMessageHandler? Handler { get; init; }
}
