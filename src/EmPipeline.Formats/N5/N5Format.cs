using EmPipeline.Formats.Attributes;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Formats.N5;

/// <summary>N5: datasets and hierarchies, with every dialect of multiscale metadata that is in use.</summary>
public sealed class N5Format : IFormat
{
    private const int ProbedKeys = 200_000;

    // Attributes by which a group is known as N5's.
    private static readonly string[] GroupKeys = ["n5", "multiscales", "multiScale", "scales", "downsamplingFactors", "pixelResolution", "painteraData"];

    public string Name => "n5";

    public FormatDescription Description { get; } = new(
        "N5",
        [".n5"],
        [
            "Datasets and hierarchies; any path inside one.",
            "Compressions raw, gzip (also with useZlib), bzip2, xz, lz4 (lz4-java's stream, frames, numcodecs' and bare blocks), blosc, zstd; the older compressionType.",
            "Integers of 8 to 64 bits, float32 and float64; edge blocks clipped or whole; absent blocks are zeros.",
            "Voxel size and levels from COSEM transforms and multiscales, OME-NGFF, n5-viewer (pixelResolution, resolution, scales, downsamplingFactors), paintera.",
            "Groups on servers without listings, where multiscales or the names s0, s1, … lead to the datasets.",
        ],
        [
            "Blocks of variable length (label multisets) and of objects hold no plain array.",
            "Sharded datasets, which N5 4 tries out.",
            "BigDataViewer's resolution without a unit is left unknown: only its XML file says what it means.",
        ],
        new Uri("https://github.com/saalfeldlab/n5#file-system-specification"));

    public IReadOnlyCollection<string> AttributeFiles { get; } = [N5Metadata.FileName];

    public async ValueTask<bool> RecognisesAsync(VolumeProbe probe, CancellationToken cancellation = default)
    {
        if (probe.IsFile)
            return false;
        var hierarchy = new N5Hierarchy(probe.Path);
        if (await hierarchy.AttributesAsync(probe.Path.Key, cancellation) is { } attributes)
            return N5Metadata.IsDataset(attributes) || GroupKeys.Any(key => attributes.Find(key) is not null) || await HoldsDatasetsAsync(probe.Path, hierarchy, cancellation);
        return await hierarchy.IsDatasetAsync(probe.Path.Child("s0"), cancellation) || await HoldsDatasetsAsync(probe.Path, hierarchy, cancellation);
    }

    public IAsyncEnumerable<StoredAttribute> AttributesAsync(VolumePath file, CancellationToken cancellation = default) => JsonAttributes.ReadAsync(file, cancellation);

    public async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, CancellationToken cancellation = default)
    {
        var hierarchy = new N5Hierarchy(path);
        return await ArrayHierarchy.OpenAsync(await hierarchy.DatasetsAsync(cancellation), dataset => OpenDatasetAsync(hierarchy, path, dataset, cancellation));
    }

    private async ValueTask<ArrayHierarchy.OpenedArray> OpenDatasetAsync(
        N5Hierarchy hierarchy, VolumePath opened, string dataset, CancellationToken cancellation)
    {
        var attributes = await hierarchy.AttributesAsync(dataset, cancellation) ?? throw EmException.Corrupt(
            opened.Store.Locate(dataset), $"got no {N5Metadata.FileName}, expected the dataset that the group's metadata names.");
        var metadata = N5Metadata.Parse(attributes);
        var scales = await N5Scales.OfAsync(hierarchy, dataset, metadata.Shape.Rank, cancellation);
        var info = new VolumeInfo
        {
            Name = ArrayHierarchy.NameBelow(opened, dataset),
            Format = Name,
            Shape = metadata.Shape,
            Axes = scales.Axes ?? AxisLetters.Default(metadata.Shape.Rank),
            Type = metadata.Type,
            Grain = metadata.BlockShape,
            VoxelSize = scales.VoxelSize,
            VoxelSizeOrigin = scales.Origin,
            Centre = scales.Centre,
            Level = scales.Level,
            Metadata = [.. JsonLeaves.Of(attributes, N5Metadata.FileName, "dimensions", "blockSize", "dataType"), .. await GroupMetadataAsync(hierarchy, scales, dataset, cancellation)],
        };
        return new(scales.Group, scales.Level, new N5Reader(opened with { Key = dataset }, N5Codecs.Of(attributes), info));
    }

    /// <summary>What the pyramid's group says, with its finest level only: it is the same for all.</summary>
    private static async ValueTask<IEnumerable<MetadataValue>> GroupMetadataAsync(N5Hierarchy hierarchy, N5Scales scales, string dataset, CancellationToken cancellation) =>
        scales.Level == 0 && scales.Group != dataset && await hierarchy.AttributesAsync(scales.Group, cancellation) is { } attributes
            ? JsonLeaves.Of(attributes, "the group's attributes.json")
            : [];

    private static ValueTask<bool> HoldsDatasetsAsync(VolumePath path, N5Hierarchy hierarchy, CancellationToken cancellation) =>
        ArrayHierarchy.HoldsArraysAsync(path, N5Metadata.FileName, ProbedKeys, dataset => hierarchy.IsDatasetAsync(dataset, cancellation), cancellation);
}
