using EmPipeline.Catalog;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Pictures;

/// <summary>Makes the pictures of a dataset from its pyramid: the planes through its middle, of a level that is little work to read.</summary>
internal static class MiddlePlanes
{
    // Of planes of this many voxels at most the finest level is taken: fine enough that pixels are means of several.
    private const long EnoughVoxels = 1500 * 1500;
    private const int MostLabels = 3, Bins = 64;

    // Of a dataset's pictures, so that a report of ten datasets, in which they are a third longer, stays below 5 MB.
    private const int MostBytes = 340_000;
    private const double Dark = 0.01, Bright = 0.99;

    /// <param name="volumes">The dataset's levels.</param>
    /// <param name="labels">What is shown over it, the first few.</param>
    public static async Task<DatasetPictures> MakeAsync(
        string dataset, IReadOnlyList<VolumeRecord> volumes, IEnumerable<LabelOverlay> labels, DataFolder data, CancellationToken cancellation)
    {
        var levels = volumes.OrderBy(volume => volume.Level).ToList();
        var level = levels.Find(volume => Plane.LargestOf(volume.Shape) <= EnoughVoxels) ?? levels[^1];
        if (Plane.LargestOf(level.Shape) > Plane.MostVoxels)
            return None(dataset, level, $"No pictures: a plane of its coarsest level has more than {Plane.MostVoxels:#,0} voxels. Give it more levels.");
        try
        {
            await using var store = new LocalStore(data.Root);
            await using var volume = (await ZarrVolumes.OpenAsync(new VolumePath(store, level.Path), cancellation)).Single();
            return await MakeAsync(dataset, levels[0], level, volume, store, [.. labels.Take(MostLabels)], cancellation);
        }
        catch (Exception e) when (e is EmException or StorageException)
        {
            // The catalogue is of use without them, and Verify is who judges shards.
            return None(dataset, level, $"No pictures: {e.Message}");
        }
    }

    private static async Task<DatasetPictures> MakeAsync(
        string dataset, VolumeRecord finest, VolumeRecord level, IVolumeReader volume, LocalStore store, IReadOnlyList<LabelOverlay> labels, CancellationToken cancellation)
    {
        var pictures = new List<(Plane Plane, GreyPicture Grey)>();
        // The two that share the axis down stand side by side.
        foreach (var axis in (int[])[0, 2, 1])
        {
            var plane = new Plane(axis, level.Shape[axis] / 2);
            var voxels = Plane.Floats(await plane.ReadAsync(volume, cancellation), level.Type);
            pictures.Add((plane, GreyPicture.Of(voxels, (int)level.Shape[plane.Axes.Across], (int)level.Shape[plane.Axes.Down])));
        }

        // Zero is what nobody imaged where there is much of it; it must not take the contrast away from what was.
        var values = pictures.SelectMany(picture => picture.Grey.Values).Where(value => float.IsFinite(value) && value != 0).Order().ToArray();
        var (low, high) = values.Length == 0 ? (0f, 0f) : (values[(int)(Dark * (values.Length - 1))], values[(int)(Bright * (values.Length - 1))]);
        var known = level.VoxelSize.IsKnown && finest.VoxelSize.IsKnown;
        var planes = pictures.ConvertAll(picture => PictureOf(picture.Plane, picture.Grey, finest, level, low, high, known));
        var room = MostBytes - planes.Sum(plane => plane.Jpeg.Length);
        foreach (var label in known ? labels : [])
        {
            var overlays = new List<byte[]?>();
            foreach (var (plane, grey) in pictures)
                overlays.Add(await OverlayAsync(label, plane, grey, finest, level, store, cancellation));
            // Of a label that is too much for the report no plane is shown: it would look as if there were nothing in the others.
            if (overlays.Sum(png => png?.Length ?? 0) is var bytes && bytes > room)
                continue;
            room -= bytes;
            planes = [.. planes.Zip(overlays, (plane, png) => png is null ? plane : plane with { Labels = [.. plane.Labels, (label.Name, png)] })];
        }

        return new DatasetPictures(dataset, level.Level, low, high, planes, values.FirstOrDefault(), values.LastOrDefault(), Histogram(values));
    }

    private static PlanePicture PictureOf(Plane plane, GreyPicture grey, VolumeRecord finest, VolumeRecord level, double low, double high, bool known)
    {
        var (across, down) = plane.Axes;
        return new PlanePicture(
            plane.Name, plane.Index * finest.Shape[plane.Axis] / level.Shape[plane.Axis], Extent(across), Extent(down), known, grey.Jpeg(low, high), []);

        double Extent(int axis) => known ? level.Shape[axis] * Edge(level, axis) : finest.Shape[axis];
    }

    private static Task<byte[]?> OverlayAsync(
        LabelOverlay label, Plane plane, GreyPicture grey, VolumeRecord finest, VolumeRecord level, LocalStore store, CancellationToken cancellation)
    {
        return label.PngAsync(
            store, plane, Centres(grey.Width, grey.StepAcross, plane.Axes.Across), Centres(grey.Height, grey.StepDown, plane.Axes.Down), Centre(plane.Index, plane.Axis), cancellation);

        // A coarser level's voxel begins where its first one of the finest level begins.
        double Centre(double voxel, int axis) => ((voxel + 0.5) * Edge(level, axis)) - (0.5 * Edge(finest, axis));
        double[] Centres(int count, int step, int axis) => [.. Enumerable.Range(0, count).Select(pixel => Centre(((pixel + 0.5) * step) - 0.5, axis))];
    }

    private static double Edge(VolumeRecord volume, int axis) => (axis switch { 0 => volume.VoxelSize.Z, 1 => volume.VoxelSize.Y, _ => volume.VoxelSize.X })!.Value;

    private static long[] Histogram(float[] sorted)
    {
        var counts = new long[Bins];
        if (sorted.Length == 0)
            return counts;
        var (least, range) = (sorted[0], (double)sorted[^1] - sorted[0]);
        foreach (var value in sorted)
            counts[range == 0 ? Bins / 2 : Math.Min(Bins - 1, (int)((value - least) / range * Bins))]++;
        return counts;
    }

    private static DatasetPictures None(string dataset, VolumeRecord level, string problem) => new(dataset, level.Level, 0, 0, [], 0, 0, [], problem);
}
