namespace EmPipeline.Storage;

/// <summary>The list of stores by scheme.</summary>
public static class StoreFactory
{
    /// <summary>Opens the folder at <paramref name="address"/>; keys are relative to it. The caller disposes the store.</summary>
    /// <param name="address"><c>file:</c>, <c>http:</c>, <c>https:</c>, <c>s3://bucket/prefix</c> or <c>gs://bucket/prefix</c>.</param>
    /// <exception cref="StorageException">Another scheme, or a bucket without a name: <see cref="StorageFault.Address"/>.</exception>
    public static IStore Open(Uri address, MirrorMap? mirror = null, StoreOptions? options = null)
    {
        options ??= new StoreOptions();
        mirror ??= MirrorMap.None;
        if (!address.IsAbsoluteUri)
            throw Unusable(address, "got a relative address");
        if (address.Scheme is "s3" or "gs" && address.Authority.Length == 0)
            throw Unusable(address, "got no bucket name");
        var real = mirror.Rewrite(address);
        return real.Scheme switch
        {
            "file" => new LocalStore(real.LocalPath),
            "http" or "https" => new HttpStore(real, options.Http),
            "s3" => new S3Store(real.Authority, Uri.UnescapeDataString(real.AbsolutePath), mirror.S3 is { } endpoint ? options.S3 with { ServiceUrl = endpoint } : options.S3),
            var scheme => throw Unusable(address, $"got scheme '{scheme}'"),
        };
    }

    /// <summary>Cuts the address of one object into its folder and its key there: the last name, unescaped.</summary>
    /// <remarks>A query belongs to the object, so such an address is a root of its own and its key is "".</remarks>
    public static (Uri Folder, string Key) Split(Uri address)
    {
        var text = address.AbsoluteUri;
        var slash = text.LastIndexOf('/');
        return address.Query.Length > 0 || slash < 0 || slash == text.Length - 1
            ? (address, "")
            : (new Uri(text[..(slash + 1)]), Uri.UnescapeDataString(text[(slash + 1)..]));
    }

    private static StorageException Unusable(Uri address, string got) =>
        new(address.OriginalString, $"{got}, expected file:///folder, http(s)://host/folder, s3://bucket/prefix or gs://bucket/prefix.", fault: StorageFault.Address);
}
