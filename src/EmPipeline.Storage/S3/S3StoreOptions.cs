namespace EmPipeline.Storage;

/// <summary>Where and how an <see cref="S3Store"/> asks. Anonymously, unless <see cref="Signed"/>.</summary>
public sealed record S3StoreOptions
{
    /// <summary>
    /// Whether requests are signed with the credentials that other tools of AWS take too: of the environment, a profile, or the machine. They are found when
    /// the store is opened, and never shown.
    /// </summary>
    public bool Signed { get; init; }

    public string Region { get; init; } = "us-east-1";

    /// <summary>Another endpoint that speaks S3 (a mirror), addressed by path; null for Amazon's own.</summary>
    public Uri? ServiceUrl { get; init; }

    public RetryOptions Retry { get; init; } = new();

    /// <summary>
    /// Region and endpoint as other tools of AWS take them from the environment (AWS_REGION, AWS_ENDPOINT_URL_S3), signed where it names credentials
    /// (AWS_ACCESS_KEY_ID, AWS_PROFILE). For what is one's own, not for public sources.
    /// </summary>
    /// <exception cref="StorageException">The endpoint is no address.</exception>
    /// <param name="endpoint">Instead of the environment's; null for that.</param>
    public static S3StoreOptions FromEnvironment(string? endpoint = null)
    {
        var options = new S3StoreOptions { Signed = (Variable("AWS_ACCESS_KEY_ID") ?? Variable("AWS_PROFILE")) is not null };
        if ((Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION")) is { } region)
            options = options with { Region = region };
        if ((endpoint ?? Variable("AWS_ENDPOINT_URL_S3") ?? Variable("AWS_ENDPOINT_URL")) is not { } address)
            return options;
        return Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? options with { ServiceUrl = url }
            : throw new StorageException(endpoint is null ? "AWS_ENDPOINT_URL_S3" : "--endpoint", $"got '{address}', expected an address such as https://host:9000.", fault: StorageFault.Address);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
