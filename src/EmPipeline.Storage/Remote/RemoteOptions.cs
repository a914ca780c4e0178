namespace EmPipeline.Storage;

/// <summary>How data at http(s)://, s3:// and gs:// addresses is read. None of it changes what is read. Change with <c>with</c>.</summary>
public sealed record RemoteOptions
{
    /// <summary>Retries, and the region or endpoint of S3.</summary>
    public StoreOptions Stores { get; init; } = new();

    /// <summary>Requests under way at a time, over all volumes that are opened together. 48 unless set.</summary>
    public int Requests { get; init; } = 48;

    /// <summary>Bytes of objects that are kept in memory. 256 MiB unless set; 0 keeps none.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Where copies of catalogues are kept and, if <see cref="DiskBytes"/> is set, parts of objects; several processes may share it. Null: <c>empipeline</c> in
    /// the user's folder for caches (XDG_CACHE_HOME, or what the system has for that).
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>Bytes of objects that are kept on disk; the least recently used go first. 0 unless set: none.</summary>
    public long DiskBytes { get; init; }

    /// <summary>Bytes of copies of catalogues that are kept on disk; those opened last stay, and the one in use always. 4 GiB unless set.</summary>
    public long CatalogBytes { get; init; } = 4L << 30;

    /// <summary><see cref="CacheFolder"/>, or the one that stands for null.</summary>
    public string Folder => CacheFolder ?? Path.Combine(UserCache(), "empipeline");

    private static string UserCache()
    {
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder && Path.IsPathFullyQualified(folder))
            return folder;
        if (OperatingSystem.IsWindows())
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length == 0 ? Path.GetTempPath() : Path.Combine(home, OperatingSystem.IsMacOS() ? "Library/Caches" : ".cache");
    }
}
