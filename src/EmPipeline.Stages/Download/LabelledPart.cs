using System.Globalization;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Labels;
using EmPipeline.Stages.Registries;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Download;

/// <summary>
/// The part of an image that all of its labels cover, in which a random crop is drawn. Known before anything is fetched where the labels' source
/// says how large they are, without their voxels: precomputed volumes, Zarr and N5 hierarchies, and what lies on this machine.
/// </summary>
internal static class LabelledPart
{
    /// <summary>Whether a label's extent is known before it is fetched.</summary>
    public static bool IsKnownBefore(DatasetConfig label) => label.Source.Kind switch
    {
        SourceKind.Http => Uri.TryCreate(label.Source.Address, UriKind.Absolute, out var address) && SourceConfig.IsHierarchy(address, label.Source.Level),
        SourceKind.File => Path.Exists(label.Source.Address),
        SourceKind.Empiar or SourceKind.Idr => false,
        _ => true,
    };

    /// <param name="image">Of the whole image, axes z, y, x.</param>
    /// <returns>A box of the image's voxels; all where it has no such labels, or its voxel size is not known yet.</returns>
    /// <exception cref="EmException">The labels have no part in common.</exception>
    public static async ValueTask<Box> OfAsync(StageContext context, VolumeInfo image, CancellationToken cancellation)
    {
        var part = Box.Whole(image.Shape);
        var frame = new ImageFrame(part.Origin, part.Shape, VoxelSize(context.Dataset, image), image.Centre is var (z, y, x) ? [z, y, x] : null);
        foreach (var label in context.Dataset.Labels.Where(IsKnownBefore))
        {
            if (frame.VoxelSizeNm.Contains(null) || await InfoAsync(context with { Dataset = label }, cancellation) is not { } info)
                continue;
            part = part.Intersect(LabelPlacement.Of(label, info, frame).Covered);
        }

        return part.IsEmpty
            ? throw new EmException(Fault.Configuration, $"{context.Dataset.Place}.labels: got labels that have no part of the image in common, expected one to draw the crop in. Make a dataset of each, or give the crop an origin.")
            : part;
    }

    /// <summary>Null where the labels do not answer: their own Download says why, and their image goes on.</summary>
    private static async ValueTask<VolumeInfo?> InfoAsync(StageContext context, CancellationToken cancellation)
    {
        await using var stores = new SourceStores(context);
        await using var client = new RegistryClient(context.Mirror);
        try
        {
            var source = context.Dataset.Source;
            if (source.IsRegistry)
                source = source.At(await SourceResolver.ResolveAsync(client, source, $"{context.Dataset.Place}.source", cancellation));
            var wanted = context.Dataset.Volume ?? (source.Kind == SourceKind.Precomputed ? source.Level : null);
            var level = source.Kind == SourceKind.Precomputed ? "" : source.Level ?? "";
            if (source.Kind != SourceKind.File)
                return await InfoAsync(context.Dataset, new VolumePath(stores.Open(new Uri(source.Address.TrimEnd('/') + "/")), level), wanted, cancellation);
            await using var local = new LocalStore(File.Exists(source.Address) ? Path.GetDirectoryName(source.Address)! : source.Address);
            return await InfoAsync(context.Dataset, new VolumePath(local, File.Exists(source.Address) ? Path.GetFileName(source.Address) : level), wanted, cancellation);
        }
        catch (Exception e) when (e is EmException or StorageException)
        {
            context.Warn($"{context.Dataset.Place}: the image's crop is drawn without regard to these labels: {e.Message}");
            return null;
        }
    }

    private static async ValueTask<VolumeInfo> InfoAsync(DatasetConfig label, VolumePath path, string? wanted, CancellationToken cancellation)
    {
        await using var volume = await SourceVolume.OpenAsync(label, path, wanted, cancellation);
        return volume.Zyx.Info;
    }

    // As ExtractMetadata will choose it, but for what registries say.
    private static double?[] VoxelSize(DatasetConfig dataset, VolumeInfo image)
    {
        return [Along('z', image.VoxelSize.Z), Along('y', image.VoxelSize.Y), Along('x', image.VoxelSize.X)];

        double? Along(char axis, double? stated) => Number(dataset.Override, axis) ?? stated ?? Number(dataset.Facts, axis);

        double? Number(IReadOnlyDictionary<string, string> fields, char axis) =>
            fields.TryGetValue($"voxel_size_{axis}_nm", out var text) && double.TryParse(text, CultureInfo.InvariantCulture, out var size) ? size : null;
    }
}
