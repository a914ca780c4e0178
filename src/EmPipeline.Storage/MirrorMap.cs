namespace EmPipeline.Storage;

/// <summary>
/// Sends the configuration's addresses elsewhere, to the Demo's loopback servers or a site's own mirror:
/// <c>https://host/path</c> to <c>{http}/host/path</c>, <c>s3://bucket/key</c> to the bucket at the endpoint <c>{s3}</c>. Google Cloud
/// Storage is read over HTTPS: <c>gs://bucket/path</c> is <c>https://storage.googleapis.com/bucket/path</c>, and mirrored as such.
/// </summary>
/// <param name="Http">Takes the place of every web host; null leaves them.</param>
/// <param name="S3">Takes the place of Amazon's endpoint; null leaves it.</param>
public sealed record MirrorMap(Uri? Http = null, Uri? S3 = null)
{
    /// <summary>No mirror.</summary>
    public static MirrorMap None { get; } = new();

    /// <summary>The address that is really asked. Escapes stay as they are; an s3: address stays (its endpoint is <see cref="S3"/>).</summary>
    public Uri Rewrite(Uri address)
    {
        if (address.Scheme == "gs")
            address = new Uri($"https://storage.googleapis.com/{address.Authority}{address.PathAndQuery}");
        return Http is null || address.Scheme is not ("http" or "https") || Http.IsBaseOf(address)
            ? address
            : new Uri($"{Http.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{address.Authority}{address.PathAndQuery}");
    }
}
