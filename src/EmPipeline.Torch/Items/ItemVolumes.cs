using EmPipeline.Catalog;
using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Items;

/// <summary>Opens what items are read from.</summary>
internal sealed class ItemVolumes
{
    private readonly CatalogReader _catalog;
    private readonly BlockOptions _options;
    private readonly VolumeOpener _open;
    private readonly IReadOnlyList<VolumeRecord> _volumes;
    private readonly IReadOnlyDictionary<(string Dataset, int Level), VolumeStatistics> _statistics;

    private ItemVolumes(
        CatalogReader catalog, BlockOptions options, VolumeOpener open, IReadOnlyList<VolumeRecord> volumes,
        IReadOnlyDictionary<(string Dataset, int Level), VolumeStatistics> statistics, LabelCatalogue labels) =>
        (_catalog, _options, _open, _volumes, _statistics, Labels) = (catalog, options, open, volumes, statistics, labels);

    public LabelCatalogue Labels { get; }

    public static async Task<ItemVolumes> ReadAsync(CatalogReader catalog, BlockOptions options, VolumeOpener open, CancellationToken cancellation) => new(
        catalog, options, open, await catalog.ReadVolumesAsync(cancellation), await catalog.ReadStatisticsAsync(cancellation),
        await LabelCatalogue.ReadAsync(catalog, options, cancellation));

    /// <summary>Opens a volume, its level for the voxel size asked for, and its labels.</summary>
    /// <exception cref="EmException">One is not there, not what the catalogue says, or cannot be brought to that voxel size.</exception>
    public async Task<ItemVolume> OpenAsync(BlockVolume blocks, CancellationToken cancellation)
    {
        var record = _volumes.First(volume => (volume.Dataset, volume.Level) == (blocks.Dataset, blocks.Level));
        var size = SampleSize(record);
        var grid = Grid(record);
        var level = size is null ? record : LevelFor(record, size.Value);
        var own = await OpenAsync(record, blocks.Path, cancellation);
        var image = own;
        try
        {
            if (level != record)
                image = await OpenAsync(level, _catalog.Locate(level.Path), cancellation);
            if (_options.Labels.Count > 0 && !record.VoxelSize.IsKnown)
                throw Unknown(record, "labels: they are matched to their image in nanometres");
            return new ItemVolume
            {
                Blocks = own,
                Image = image,
                Geometry = new SampleGeometry(grid, Grid(level), size),
                VoxelSize = size ?? record.VoxelSize,
                Scale = await ScaleAsync(record, own.Statistics, cancellation),
                Labels = _options.Labels.Count > 0 ? await Labels.OpenAsync(record.Dataset, grid, size ?? record.VoxelSize, _open, cancellation) : [],
            };
        }
        catch
        {
            if (image != own)
                await image.DisposeAsync();
            await own.DisposeAsync();
            throw;
        }
    }

    private async Task<OpenVolume> OpenAsync(VolumeRecord record, string path, CancellationToken cancellation)
    {
        var (reader, store) = await _open(new StoredArray(path, await _catalog.ReadStoredShardsAsync(record, cancellation)), cancellation);
        var volume = new OpenVolume(reader, _statistics.GetValueOrDefault((record.Dataset, record.Level)), store);
        if (reader.Info.Shape == record.Shape && reader.Info.Type == record.Type)
            return volume;
        await volume.DisposeAsync();
        if (reader.Info.Shape.Rank != 3)
            throw EmException.Unsupported(path, $"an array of {reader.Info.Shape.Rank} axes as training data");
        throw OpenVolume.Changed(path, reader.Info, $"{record.Shape} {record.Type.Name()}");
    }

    private VoxelSize? SampleSize(VolumeRecord record)
    {
        if (_options.VoxelSize is not { } size)
            return null;
        if (!record.VoxelSize.IsKnown)
            throw Unknown(record, $"samples of {size}");
        return size;
    }

    /// <summary>The coarsest level whose voxels are not larger than that; where all are, the finest.</summary>
    private VolumeRecord LevelFor(VolumeRecord record, VoxelSize size)
    {
        var levels = _volumes.Where(volume => volume.Dataset == record.Dataset).OrderBy(volume => volume.Level).ToList();
        return levels.FindLast(level => SampleGeometry.IsAtMost(level.VoxelSize, size)) ?? levels[0];
    }

    /// <summary>0 nm is the centre of the first voxel of level 0; every level begins with the same edge. Of unknown voxel size it counts in voxels.</summary>
    private VoxelGrid Grid(VolumeRecord record)
    {
        if (!record.VoxelSize.IsKnown)
            return VoxelGrid.Of(record.Shape, new VoxelSize(1, 1, 1), default);
        var finest = _volumes.Where(volume => volume.Dataset == record.Dataset).MinBy(volume => volume.Level)!.VoxelSize;
        return VoxelGrid.Of(record.Shape, record.VoxelSize, (Centre(record.VoxelSize.Z, finest.Z), Centre(record.VoxelSize.Y, finest.Y), Centre(record.VoxelSize.X, finest.X)));

        static double Centre(double? size, double? finest) => (size!.Value - (finest ?? size.Value)) / 2;
    }

    private async Task<(double Zero, double Unit)> ScaleAsync(VolumeRecord record, VolumeStatistics statistics, CancellationToken cancellation)
    {
        if (_options.Values == BlockValues.Stored)
            return (0, 1);
        if (_options.Normalisation == Normalisation.MeanDeviation)
            return (statistics.Mean, statistics.StandardDeviation);
        var (low, high) = await VolumePercentiles.OfAsync(_catalog, record.Dataset, record.Level, cancellation);
        return (low, high - low);
    }

    private static EmException Unknown(VolumeRecord record, string what) => new(
        Fault.Configuration,
        $"dataset '{record.Dataset}': got a voxel size of {record.VoxelSize}, expected a known one for {what}. State voxelSize in the configuration, or leave the dataset out of the query.");
}
