namespace EmPipeline.Storage;

/// <summary>What is known of an object before it is downloaded, from a listing, a lock file or its publisher; null where nothing is.</summary>
/// <param name="Sha256">Hexadecimal.</param>
/// <param name="Md5">Hexadecimal.</param>
/// <param name="ETag">Without quotes. Compared only where there is no checksum to compare: a server may rename versions, content is content.</param>
public sealed record ExpectedFile(long? Length = null, string? Sha256 = null, string? Md5 = null, string? ETag = null)
{
    /// <summary>What a listing or a HEAD request told.</summary>
    public static ExpectedFile From(StoredObject found) => new(found.Length, ETag: found.ETag);
}
