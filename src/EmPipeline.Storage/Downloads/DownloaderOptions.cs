namespace EmPipeline.Storage;

/// <summary>How a <see cref="Downloader"/> divides its work.</summary>
public sealed record DownloaderOptions
{
    /// <summary>Bytes of one request of a large object; objects up to this size take one request.</summary>
    public int PieceSize { get; init; } = 8 << 20;

    /// <summary>Requests under way at a time for one object, at most.</summary>
    public int ConnectionsPerObject { get; init; } = 32;

    /// <summary>Requests under way at a time for all objects of this downloader, at most: a server that is asked too much is asked for fewer.</summary>
    public int Connections { get; init; } = 32;

    /// <summary>What may come in a second; null for all that the network brings.</summary>
    public BandwidthLimit? Bandwidth { get; init; }

    /// <summary>For bodies that break off; requests that fail are the store's to repeat.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>Free bytes on the disk of a folder, null where it cannot be told; looked at before a large object.</summary>
    internal Func<string, long?> FreeSpace { get; init; } = static folder =>
    {
        try
        {
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    };
}
