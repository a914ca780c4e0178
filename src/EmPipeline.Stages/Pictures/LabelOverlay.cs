using System.Globalization;
using EmPipeline.Catalog;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using SkiaSharp;

namespace EmPipeline.Stages.Pictures;

/// <summary>
/// A label over the pixels of a picture, matched by the centres of voxels in nanometres: a colour an id, its outline stronger. Background, unknown
/// values and what lies outside of the label's extent are transparent.
/// </summary>
internal sealed class LabelOverlay(IReadOnlyList<LabelVolumeRecord> levels, IReadOnlySet<ulong> unseen)
{
    private const byte Inside = 90, Outline = 230;

    public string Name => $"{levels[0].Origin}/{levels[0].Label}";

    /// <summary>Levels finest first.</summary>
    public static IEnumerable<LabelOverlay> Of(IEnumerable<LabelVolumeRecord> labels, IReadOnlyList<LabelClassRecord> classes) => labels
        .GroupBy(label => (label.Dataset, label.Origin, label.Label)).OrderBy(label => label.Key.Origin, StringComparer.Ordinal).ThenBy(label => label.Key.Label, StringComparer.Ordinal)
        .Select(label => new LabelOverlay(
            [.. label.OrderBy(level => level.Level)],
            classes.Where(row => (row.Dataset, row.Origin, row.Label) == label.Key && !row.Known && row.Value is not null)
                .Select(row => (ulong)Int128.Parse(row.Value!, CultureInfo.InvariantCulture)).Append(0UL).ToHashSet()));

    /// <param name="across">Where the centres of the picture's columns lie, in nm from the centre of the image's first voxel.</param>
    /// <param name="down">The same of its rows.</param>
    /// <param name="at">Where the plane lies on its axis, the same way.</param>
    /// <returns>A PNG; null where the label says nothing of this plane.</returns>
    public async Task<byte[]?> PngAsync(IStore store, Plane plane, double[] across, double[] down, double at, CancellationToken cancellation)
    {
        var pixel = across.Length > 1 ? across[1] - across[0] : double.PositiveInfinity;
        var fits = levels.Where(level => Plane.LargestOf(level.Shape) <= Plane.MostVoxels).ToList();
        if ((fits.LastOrDefault(level => Size(level, plane.Axes.Across) <= pixel) ?? fits.FirstOrDefault()) is not { } level)
            return null;
        var index = Nearest(level, plane.Axis, at);
        if (index < 0)
            return null;
        await using var volume = (await ZarrVolumes.OpenAsync(new VolumePath(store, level.Path), cancellation)).Single();
        var ids = Plane.Ids(await new Plane(plane.Axis, index).ReadAsync(volume, cancellation), level.Type);
        var columns = Array.ConvertAll(across, place => Nearest(level, plane.Axes.Across, place));
        var rows = Array.ConvertAll(down, place => Nearest(level, plane.Axes.Down, place));
        var shown = new ulong[rows.Length * columns.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            for (var column = 0; column < columns.Length; column++)
            {
                var id = rows[row] < 0 || columns[column] < 0 ? 0 : ids[(rows[row] * level.Shape[plane.Axes.Across]) + columns[column]];
                shown[(row * columns.Length) + column] = unseen.Contains(id) ? 0 : id;
            }
        }

        return shown.All(id => id == 0) ? null : Png(shown, columns.Length, rows.Length);
    }

    /// <summary>The voxel whose centre is nearest; -1 outside.</summary>
    private static long Nearest(LabelVolumeRecord level, int axis, double place)
    {
        var centre = axis switch { 0 => level.Centre.Z, 1 => level.Centre.Y, _ => level.Centre.X };
        var index = Math.Floor(((place - centre) / Size(level, axis)) + 0.5);
        return index >= 0 && index < level.Shape[axis] ? (long)index : -1;
    }

    private static double Size(LabelVolumeRecord level, int axis) => (axis switch { 0 => level.VoxelSize.Z, 1 => level.VoxelSize.Y, _ => level.VoxelSize.X })!.Value;

    private static byte[] Png(ulong[] ids, int width, int height)
    {
        var pixels = new byte[4 * ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] == 0)
                continue;
            var (x, y) = (i % width, i / width);
            var edge = (x + 1 < width && ids[i + 1] != ids[i]) || (y + 1 < height && ids[i + width] != ids[i]) || (x > 0 && ids[i - 1] != ids[i]) || (y > 0 && ids[i - width] != ids[i]);
            var hue = new SplitMix64(ids[i]).Next() % 360;
            var colour = SKColor.FromHsv(hue, 85, 100);
            (pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2], pixels[(4 * i) + 3]) = (colour.Red, colour.Green, colour.Blue, edge ? Outline : Inside);
        }

        return GreyPicture.Encode(pixels, width, height, SKColorType.Rgba8888, pixmap => pixmap.Encode(SKEncodedImageFormat.Png, 100));
    }
}
