namespace EmPipeline.Storage;

/// <summary>The list of stores that can be written to, by scheme.</summary>
public static class UploadStores
{
    /// <summary>Opens the place at <paramref name="address"/>; keys are relative to it. The caller disposes the store.</summary>
    /// <param name="address"><c>s3://bucket/prefix</c> or <c>file:</c>.</param>
    /// <exception cref="StorageException">Another scheme, or a bucket without a name: <see cref="StorageFault.Address"/>; no credentials.</exception>
    public static IUploadStore Open(Uri address, StoreOptions? options = null) => address switch
    {
        { IsAbsoluteUri: true, IsFile: true } => new LocalUploadStore(address.LocalPath),
        { IsAbsoluteUri: true, Scheme: "s3", Authority.Length: > 0 } =>
            new S3UploadStore(address.Authority, Uri.UnescapeDataString(address.AbsolutePath), (options?.S3 ?? S3StoreOptions.FromEnvironment()) with { Signed = true }),
        _ => throw new StorageException(address.OriginalString, "got no place that can be written to, expected s3://bucket/prefix or a folder.", fault: StorageFault.Address),
    };
}
