namespace EmPipeline.Storage;

/// <summary>One object on its way to one file: what both kinds of transfer need to know and count.</summary>
internal sealed class DownloadJob(DownloadItem item, IProgress<long>? progress, SemaphoreSlim connections, BandwidthLimit? bandwidth = null)
{
    private readonly HostLoad? _load = (item.Store as IStreamStore)?.Load;
    private uint? _stated;
    private long _transferred;
    private long _reported;

    public string Place { get; } = item.Store.Locate(item.Key);

    public string Target { get; } = Path.GetFullPath(item.TargetPath);

    /// <summary>What has come so far; whole once the transfer ends.</summary>
    public string PartialPath => Target + Durable.PartialSuffix;

    /// <summary>Which pieces of <see cref="PartialPath"/> are there, and of which version of the object.</summary>
    public string MapPath => MapOf(Target);

    public ExpectedFile Expected { get; } = item.Expected ?? new ExpectedFile();

    public bool IsOptional => item.Optional;

    /// <summary>Whether the content itself is known beforehand.</summary>
    public bool HasChecksum => Expected is { Sha256: not null } or { Md5: not null };

    public long Transferred => Interlocked.Read(ref _transferred);

    public static string MapOf(string target) => target + Durable.PartialSuffix + ".json";

    /// <summary>Opens a range once its server may be asked and one of the downloader's connections is free; both are held until the part is disposed.</summary>
    public async ValueTask<ObjectPart> OpenAsync(long offset, long? length, string? etag, CancellationToken cancellation)
    {
        if (_load is not null)
            await _load.EnterAsync(cancellation);
        ObjectPart? part = null;
        var connected = false;
        try
        {
            await connections.WaitAsync(cancellation);
            connected = true;
            part = await OpenBesideAsync(offset, length, etag, cancellation);
            part.Closed += Close;
            return part;
        }
        finally
        {
            if (part is null)
                Close();
        }

        void Close()
        {
            if (connected)
                connections.Release();
            _load?.Leave();
        }
    }

    /// <summary>The same at once, for somebody who holds an open part already: to wait for another place then could be to wait for oneself.</summary>
    public async ValueTask<ObjectPart> OpenBesideAsync(long offset, long? length, string? etag, CancellationToken cancellation)
    {
        var part = await StoreStreams.OpenAsync(item.Store, item.Key, offset, length, etag, cancellation)
            ?? throw new StorageException(Place, "got no such object (404), expected one to download. Check the address.", fault: StorageFault.Absent);
        // Of the version that came last; where another came before, the download starts over.
        _stated = part.Crc32C;
        return part;
    }

    /// <summary>Counts bytes that came over the wire, and waits where no more may come yet.</summary>
    public Task CountAsync(int bytes, CancellationToken cancellation)
    {
        Interlocked.Add(ref _transferred, bytes);
        return bandwidth?.WaitAsync(bytes, cancellation) ?? Task.CompletedTask;
    }

    /// <summary>Tells the caller that the file has <paramref name="bytes"/> more bytes than before.</summary>
    public void Report(long bytes)
    {
        Interlocked.Add(ref _reported, bytes);
        progress?.Report(bytes);
    }

    /// <summary>Takes back what was reported, before a transfer starts over.</summary>
    public void Restart()
    {
        if (Interlocked.Exchange(ref _reported, 0) is > 0 and var reported)
            progress?.Report(-reported);
    }

    public void MakeFolder() => Directory.CreateDirectory(Path.GetDirectoryName(Target)!);

    public void Discard()
    {
        File.Delete(MapPath);
        File.Delete(PartialPath);
    }

    /// <summary>Holds the first answer against what is expected, before a large body is fetched in vain.</summary>
    public void CheckAnswer(ObjectPart part)
    {
        if (part.Total is { } total && Expected.Length is { } length && total != length)
            throw Mismatch($"{total} bytes", $"{length}");
        if (part.Total is { } size && Expected.Length is null)
            item.Sized?.Invoke(size);
        if (Expected is { ETag: { } etag, Sha256: null, Md5: null } && part.ETag is { } got && got != etag)
            throw Mismatch($"ETag {got}", etag);
    }

    /// <summary>Holds the whole file against what is expected, and against the checksum that the server stated with it.</summary>
    public void CheckContent(long length, Digests digests)
    {
        var (sha256, md5, crc32C) = digests;
        if (Expected.Length is { } bytes && bytes != length)
            throw Mismatch($"{length} bytes", $"{bytes}");
        if (Expected.Sha256 is { } sha && !sha.Equals(sha256, StringComparison.OrdinalIgnoreCase))
            throw Mismatch($"sha256 {sha256}", sha);
        if (Expected.Md5 is { } sum && !sum.Equals(md5, StringComparison.OrdinalIgnoreCase))
            throw Mismatch($"md5 {md5}", sum);
        if (_stated is { } stated && stated != crc32C)
            throw Mismatch($"crc32c {crc32C:x8}", $"{stated:x8} as the server states it");
    }

    private StorageException Mismatch(string got, string wanted) => new(
        Place, $"got {got}, expected {wanted}. What was downloaded is removed; if the source really changed, accept its new version.", fault: StorageFault.Content);
}
