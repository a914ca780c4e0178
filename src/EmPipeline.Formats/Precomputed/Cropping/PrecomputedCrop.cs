using System.Globalization;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// The part of a precomputed volume that a box needs: the same <c>info</c>, and for every shard touched a file of the same name with just
/// the chunks needed, so that what reads the source reads the crop. Chunks stay as they are stored, never decoded. Fetching is the caller's.
/// </summary>
/// <remarks>Outside the box the crop reads as zeros, and so do all other scales.</remarks>
public static class PrecomputedCrop
{
    /// <summary>Crops of volumes with shard indexes larger than this are refused: each output file would carry such an index.</summary>
    private const long MaximumShardIndexBytes = 64L << 20;

    private const int IndexReadsAtOnce = 8;

    /// <summary>Finds out which files the crop consists of. Reads the <c>info</c> file and the indexes of the shards touched.</summary>
    /// <param name="remote">Where the volume is; used by the plan until it is fetched, not owned.</param>
    /// <param name="prefix">The key of the folder with the <c>info</c> file; "" for the store's root.</param>
    /// <param name="scaleKey">The scale to crop; null for the finest.</param>
    /// <param name="box">z, y, x, in voxels of that scale, counted from the volume's first voxel (not from its offset).</param>
    /// <exception cref="EmException">There is no such volume, scale or box, or the source is damaged or does not answer.</exception>
    public static async ValueTask<CropPlan> PlanAsync(
        IStore remote, string prefix, string? scaleKey, Box box, CancellationToken cancellation = default)
    {
        var root = new VolumePath(remote, prefix.Trim('/'));
        var place = root.Below("info").ToString();
        try
        {
            var text = await PrecomputedFormat.ReadInfoAsync(root, cancellation)
                ?? throw EmException.Unavailable(place, "got no file, expected the info file of a precomputed volume. Check the address.");
            var info = PrecomputedInfo.Parse(text, place);
            var scale = scaleKey is null ? info.Scales[0] : info.Scales.FirstOrDefault(scale => scale.Key == scaleKey)
                ?? throw new EmException(Fault.Configuration, $"{place}: got scale \"{scaleKey}\", expected one of {string.Join(", ", info.Scales.Select(scale => scale.Key))}.");
            if (box.Rank != 3 || box.IsEmpty || !Box.Whole(scale.Size).Contains(box))
                throw new EmException(Fault.Configuration, $"{place}: got crop {box} of scale \"{scale.Key}\", expected a box inside {scale.Size} (z×y×x).");
            return await PlanFilesAsync(root, text, info, scale, box, cancellation);
        }
        catch (StorageException e)
        {
            throw new EmException(Fault.Source, e.Message, e);
        }
    }

    /// <summary>Finds out what one file of the plan is made of. Different files may be asked for at the same time.</summary>
    /// <returns>Null when the source has no such chunk (unsharded chunks only), which then reads as zeros.</returns>
    /// <exception cref="EmException">The source is damaged, or is not what it was when the crop was planned.</exception>
    /// <exception cref="StorageException">The source does not answer.</exception>
    public static ValueTask<CropContent?> ContentAsync(CropPlan plan, CropFile file, CancellationToken cancellation = default) =>
        CropContents.OfAsync(plan, file, cancellation);

    private static async ValueTask<CropPlan> PlanFilesAsync(
        VolumePath root, byte[] text, PrecomputedInfo info, PrecomputedScale scale, Box box, CancellationToken cancellation)
    {
        var place = root.Below("info").ToString();
        if (scale.Key.Split('/').Any(part => part is "" or "." or ".."))
            throw EmException.Unsupported(place, $"cropping the scale \"{scale.Key}\", which is not below its info file,");
        var folder = PrecomputedReader.ScaleFolder(root, scale);
        ShardIndexes? indexes = null;
        IEnumerable<CropFile> files;
        if (scale.Sharding is { } sharding)
        {
            if (sharding.IndexBytes > MaximumShardIndexBytes)
                throw EmException.Unsupported(place, $"cropping shards with 2^{sharding.MinishardBits} minishards");
            indexes = new ShardIndexes(folder, sharding, scale.Grid.Volume);
            files = await PlanShardsAsync(scale, sharding, indexes, box, cancellation);
        }
        else
        {
            var voxelBytes = (long)info.Channels * info.DataType.Size();
            files = box.CellsTouched(scale.ChunkSize).Select(cell =>
                new CropFile($"{scale.Key}/{scale.FileName(cell)}", [], scale.ChunkBox(cell).Volume * voxelBytes) { Cell = cell });
        }

        return new CropPlan(text, folder)
        {
            Source = root,
            Info = info,
            Scale = scale,
            Box = box,
            Indexes = indexes,
            Files = [new CropFile("info", [], text.Length), .. files.OrderBy(file => file.RelativeName, StringComparer.Ordinal)],
        };
    }

    private static async ValueTask<IEnumerable<CropFile>> PlanShardsAsync(
        PrecomputedScale scale, ShardingSpecification sharding, ShardIndexes indexes, Box box, CancellationToken cancellation)
    {
        var grid = scale.Grid;
        var shards = box.CellsTouched(scale.ChunkSize)
            .Select(cell => CompressedMorton.Encode(cell, grid))
            .GroupBy(id => sharding.Locate(id).Shard)
            .Select(group => (Shard: group.Key, Ids: group.Order().ToArray()))
            .ToArray();
        var files = new CropFile?[shards.Length];
        await Parallel.ForAsync(0, shards.Length, new ParallelOptions { MaxDegreeOfParallelism = IndexReadsAtOnce, CancellationToken = cancellation },
            async (i, token) =>
            {
                var present = new List<(ulong Id, long Length)>();
                foreach (var id in shards[i].Ids)
                {
                    if (await indexes.FindAsync(id, token) is { } range)
                        present.Add((id, range.Length));
                }

                // A shard without any of the chunks is like one that is absent: the crop has no use for it.
                if (present.Count > 0)
                {
                    files[i] = new CropFile(
                        string.Create(CultureInfo.InvariantCulture, $"{scale.Key}/{sharding.FileName(shards[i].Shard)}"),
                        [.. present.Select(chunk => chunk.Id)], new CompactShard(sharding, present).Length) { Shard = shards[i].Shard };
                }
            });
        return files.OfType<CropFile>();
    }
}
