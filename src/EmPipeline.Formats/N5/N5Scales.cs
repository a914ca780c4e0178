using System.Globalization;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Json;
using EmPipeline.Zarr.Ome;

namespace EmPipeline.Formats.N5;

/// <summary>What a dataset's own attributes and those of the groups above it say of its level and voxel size.</summary>
/// <param name="Level">0 the finest.</param>
/// <param name="Group">The path of the group whose pyramid it belongs to; the dataset's own where it belongs to none.</param>
/// <param name="Axes">One letter an axis, slowest first; null where no attribute names them.</param>
/// <param name="Centre">Of the first voxel, nm; null where nothing states it.</param>
internal sealed record N5Scales(VoxelSize VoxelSize, string? Origin, (double Z, double Y, double X)? Centre, int Level, string Group, string? Axes)
{
    /// <summary>The datasets that a group's "multiscales" lists, relative to it.</summary>
    public static IEnumerable<string> MultiscalePaths(JsonField group) => OmeMultiscales.Levels(group).Select(level => level.Path);

    /// <summary>
    /// Looks in the order of how exact a statement is: "transform" of the dataset (COSEM); "multiscales" of a group above (COSEM, OME-NGFF);
    /// "pixelResolution" or "resolution" of the dataset, then of a group above, times the downsampling factors of the dataset or of that
    /// group (n5-viewer, BigDataViewer, paintera).
    /// </summary>
    public static async ValueTask<N5Scales> OfAsync(N5Hierarchy hierarchy, string path, int rank, CancellationToken cancellation)
    {
        var (level, pyramid) = await LevelByNameAsync(hierarchy, path, cancellation);
        var size = VoxelSize.Unknown;
        string? origin = null, axes = null;
        double[]? factors = null;
        (double Z, double Y, double X)? centre = null;
        foreach (var place in GroupPath.SelfAndAncestors(path))
        {
            if (await hierarchy.AttributesAsync(place, cancellation) is not { } attributes)
                continue;
            var where = place == path ? "" : " of the group";
            axes ??= N5Resolution.AxesOf(attributes, rank);
            if (place == path && CosemTransform.VoxelSizeOf(attributes.FindValue("transform")) is { } own && own != VoxelSize.Unknown)
                (size, origin, centre) = (own, "transform", CosemTransform.CentreOf(attributes.FindValue("transform")!.Value));
            if (place != path && OmeMultiscales.Levels(attributes).FirstOrDefault(entry => GroupPath.Join(place, entry.Path) == path) is { } entry)
            {
                (level, pyramid) = (entry.Level, place);
                var stated = OmeMultiscales.VoxelSizeOf(entry, rank);
                if (size == VoxelSize.Unknown && stated != VoxelSize.Unknown)
                    (size, origin, centre) = (stated, entry.Dataset.Path + where, OmePlace.Of(entry, rank));
            }

            factors ??= N5Resolution.FactorsOf(attributes, place == path ? null : level, rank);
            if (size == VoxelSize.Unknown && N5Resolution.Of(attributes, rank) is { } found)
                (size, origin) = (found.Scaled(await FactorsAboveAsync(hierarchy, factors, place, level, rank, cancellation)), found.Key + where);
        }

        return new N5Scales(size, size == VoxelSize.Unknown ? null : origin, centre, level, pyramid, axes);
    }

    // The list of all levels' factors may stand above the resolution: BigDataViewer has it in the setup, above the time point.
    private static async ValueTask<double[]?> FactorsAboveAsync(
        N5Hierarchy hierarchy, double[]? factors, string place, int level, int rank, CancellationToken cancellation)
    {
        foreach (var above in GroupPath.SelfAndAncestors(place).Skip(1))
        {
            if (factors is not null)
                break;
            if (await hierarchy.AttributesAsync(above, cancellation) is { } attributes)
                factors = N5Resolution.FactorsOf(attributes, level, rank);
        }

        return factors;
    }

    /// <summary>"s3" beside a dataset "s0" is level 3 of that group.</summary>
    private static async ValueTask<(int Level, string Group)> LevelByNameAsync(N5Hierarchy hierarchy, string path, CancellationToken cancellation)
    {
        var group = path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : "";
        var name = path[(group.Length == 0 ? 0 : group.Length + 1)..];
        return name.StartsWith('s') && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var level)
            && await hierarchy.IsDatasetAsync(GroupPath.Join(group, "s0"), cancellation)
            ? (level, group)
            : (0, path);
    }
}
