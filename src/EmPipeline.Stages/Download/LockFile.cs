using System.Security.Cryptography;
using System.Text.Json;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>
/// The lock file (<c>pipeline.lock.json</c>, committed by users): what every remote object was when it was first fetched, so that every
/// later fetch brings the same bytes or says that it cannot.
/// </summary>
public sealed record LockFile
{
    private const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public SortedDictionary<string, LockedDataset> Datasets { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The file's content; an empty one when there is no file.</summary>
    /// <exception cref="EmException">There is a file, but not of this kind.</exception>
    public static LockFile Read(string path)
    {
        if (!File.Exists(path))
            return new LockFile();
        LockFile? file;
        try
        {
            using var stream = File.OpenRead(path);
            file = JsonSerializer.Deserialize<LockFile>(stream, CanonicalJson.Options);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw Wrong(e is JsonException { LineNumber: { } line } ? $"{path}:{line + 1}" : path, "text that is no lock file", e);
        }

        if (file is not { Version: CurrentVersion, Datasets: not null })
            throw Wrong(path, file is { Datasets: not null } ? $"version {file.Version}" : "nothing");
        foreach (var (name, dataset) in file.Datasets)
            Check(path, name, dataset);
        return file;
    }

    /// <summary>SHA-256 of what is locked of a dataset, whatever the file's layout; null when nothing is.</summary>
    /// <exception cref="EmException">There is a file, but not of this kind.</exception>
    public static string? Digest(string path, string dataset) =>
        Read(path).Datasets.GetValueOrDefault(dataset) is { } locked ? Digest(locked) : null;

    /// <summary>Replaces one dataset's part; other datasets of this or another process may do the same at the same time.</summary>
    public static async Task UpdateAsync(string path, string dataset, LockedDataset locked, CancellationToken cancellation)
    {
        // Beside the lock file, where everybody who may write it finds it: another user, another machine, another data folder.
        using var guard = await ExclusiveFile.AcquireAsync(Path.GetFullPath(path) + ".guard", cancellation, leaveNothing: true);
        var file = Read(path);
        if (file.Datasets.GetValueOrDefault(dataset) is { } before && Digest(before) == Digest(locked))
            return;
        file.Datasets[dataset] = locked;
        await AtomicFile.WriteAsync(
            path,
            async stream =>
            {
                await JsonSerializer.SerializeAsync(stream, file, CanonicalJson.Sorted, cancellation);
                stream.WriteByte((byte)'\n');
            },
            cancellation: cancellation);
    }

    private static string Digest(LockedDataset locked)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
            JsonSerializer.Serialize(stream, locked, CanonicalJson.Line);
        return Convert.ToHexStringLower(hash.Hash!);
    }

    // People edit and merge it: what is missing must not be found out half-way through a run.
    private static void Check(string path, string name, LockedDataset? dataset)
    {
        if (dataset is not { Source: not null, Objects.AreWhole: true })
            throw Wrong(path, $"{name} or an object of it without all that is locked");
        if (dataset.Resolved is { } resolved && (resolved.Addresses is null || resolved.Addresses.Count == 0 || resolved.Addresses.Any(address => !Uri.TryCreate(address, UriKind.Absolute, out _))))
            throw Wrong(path, $"{name} without the addresses of its source");
        if (dataset.Objects.Twice is { } twice)
            throw Wrong(path, $"{name}'s {twice} twice");
        if (dataset.Crop is { } crop && (crop.Origin.Rank != 3 || crop.Shape.Rank != 3 || crop.FilesFrom is { Rank: not 3 } || Box.Whole(crop.Shape).IsEmpty))
            throw Wrong(path, $"a crop of {crop.Shape} at {crop.Origin} for {name}");
    }

    private static EmException Wrong(string place, string got, Exception? cause = null) =>
        new(Fault.Configuration, $"{place}: got {got}, expected what an earlier run wrote. Restore it, or delete it to lock anew.", cause);
}

/// <summary>What is locked of one dataset.</summary>
/// <param name="Source">The source's configuration as text; objects locked for another source do not count.</param>
public sealed record LockedDataset(string Source, LockedObjects Objects, ChosenCrop? Crop = null)
{
    /// <summary>The addresses that a registry named for the source; null where the configuration names them.</summary>
    public ResolvedSource? Resolved { get; init; }
}

/// <summary>One remote object as it was first fetched.</summary>
/// <param name="Key">Its path below the dataset's raw folder.</param>
/// <param name="Length">Bytes of the raw file.</param>
/// <param name="ETag">The version that the source named.</param>
/// <param name="Published">The checksum that the configuration gives for it, as the source published it.</param>
public sealed record LockedObject(string Key, string Url, long Length, string? ETag, string Sha256, string? Published = null);

/// <summary>The part of a volume that was taken.</summary>
/// <param name="Origin">z, y, x of the first voxel at the finest level.</param>
/// <param name="Shape">z, y, x; smaller than configured where the volume is.</param>
/// <param name="FilesFrom">z, y, x of the first voxel of the raw files, where just some slices of a stack were fetched; null where they begin with the volume.</param>
/// <param name="Tissue">The share of voxels that are tissue, judged on a coarse scale; null for a fixed origin.</param>
public sealed record ChosenCrop(NdIndex Origin, NdIndex Shape, double? Tissue = null, int? CandidatesTried = null, NdIndex? FilesFrom = null);
