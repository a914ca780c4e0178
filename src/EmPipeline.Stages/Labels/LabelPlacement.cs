using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Labels;

/// <summary>Which voxels of a label belong to the used part of its image, and where they lie. All places are those of voxel centres, in nm. Immutable.</summary>
/// <param name="VoxelSizeNm">z, y, x.</param>
/// <param name="Region">The label's voxels whose centres lie in the used part of the image, which begins and ends at the edges of its voxels.</param>
/// <param name="CentreNm">z, y, x of the first of them, from the centre of the first voxel of the image that is used.</param>
/// <param name="Covered">The voxels of the whole image, used or not, that have a label: whose centres lie in the extent of the label's whole array.</param>
internal sealed record LabelPlacement(double[] VoxelSizeNm, Box Region, double[] CentreNm, Box Covered)
{
    // Places are sums of decimal numbers: what is an edge on paper is one here.
    private const double Rounding = 1e-6;

    /// <param name="info">Of the label's whole array, axes z, y, x.</param>
    /// <exception cref="EmException">The voxels are no labels, their size or place is unknown, or they lie outside the image.</exception>
    public static LabelPlacement Of(DatasetConfig unit, VolumeInfo info, ImageFrame image)
    {
        var label = unit.Label!;
        if (info.Type.IsFloat())
            throw new EmException(Fault.Unsupported, $"{unit.Place}: got voxels of {info.Type.Name()}, expected integers. Probabilities are an image: make a dataset of them.");
        var size = Known(label.VoxelSize ?? info.VoxelSize, $"{unit.Place}.voxelSize", "Give the voxel size of the labels, z, y, x in nm, there");
        var imageSize = Known(
            new VoxelSize(image.VoxelSizeNm[0], image.VoxelSizeNm[1], image.VoxelSizeNm[2]), $"datasets.{label.Image}", "Give the image's voxel size as facts: labels are matched to it in nanometres");
        var start = First(unit, info, image, size, imageSize);
        var (origin, end, centre) = (info.Shape, info.Shape, new double[3]);
        var (first, last) = (info.Shape, info.Shape);
        for (var axis = 0; axis < 3; axis++)
        {
            var edge = (image.RegionOrigin[axis] - 0.5) * imageSize[axis];
            origin[axis] = Math.Clamp(From(edge, start[axis], size[axis]), 0, info.Shape[axis]);
            end[axis] = Math.Clamp(From(edge + (image.RegionShape[axis] * imageSize[axis]), start[axis], size[axis]), origin[axis], info.Shape[axis]);
            first[axis] = From(start[axis] - (size[axis] / 2), 0, imageSize[axis]);
            last[axis] = Math.Max(first[axis], From(start[axis] + ((info.Shape[axis] - 0.5) * size[axis]), 0, imageSize[axis]));
            centre[axis] = start[axis] + (origin[axis] * size[axis]) - (image.RegionOrigin[axis] * imageSize[axis]);
        }

        var region = Box.FromEnds(origin, end);
        if (region.IsEmpty)
            throw new EmException(Fault.Configuration, $"{unit.Place}: got labels of {info.Shape} voxels of {Text(size)} nm from {Text(start)} nm on, expected some in the image's {image.RegionShape} voxels of {Text(imageSize)} nm from voxel {image.RegionOrigin} on. Check voxelSize, offset and the image's crop.");
        return new LabelPlacement(size, region, centre, Box.FromEnds(first, last));
    }

    /// <summary>The first of a row of voxels whose centre is not before a place.</summary>
    private static long From(double place, double start, double size)
    {
        var index = (place - start) / size;
        return (long)(Math.Abs(index - Math.Round(index)) < Rounding ? Math.Round(index) : Math.Ceiling(index));
    }

    /// <summary>The centre of the label's first voxel, from that of the whole image's first voxel.</summary>
    private static double[] First(DatasetConfig unit, VolumeInfo info, ImageFrame image, double[] size, double[] imageSize)
    {
        if (unit.Label!.Offset is var (z, y, x))
            return [z, y, x];
        double[]? own = info.Centre is var (a, b, c) ? [a, b, c] : null;
        if (own is not null && image.SourceCentreNm is { } other)
            return [.. own.Zip(other, (place, from) => place - from)];
        // Where just one of them has coordinates, and is at their beginning, or neither has, the two begin at one corner.
        if (IsBeginning(own, size) && IsBeginning(image.SourceCentreNm, imageSize))
            return [.. size.Zip(imageSize, (edge, from) => (edge - from) / 2)];
        throw new EmException(
            Fault.Configuration,
            $"{unit.Place}.offset: got none, and a place from the source of {(own is null ? "the image" : "the labels")} alone, expected both or neither. Give the centre of the labels' first voxel from that of the whole image's, z, y, x in nm, there.");
    }

    private static bool IsBeginning(double[]? centre, double[] size) =>
        centre is null || centre.Zip(size, (place, edge) => Math.Abs(place) < Rounding || Math.Abs(place - (edge / 2)) < Rounding).All(isOne => isOne);

    private static double[] Known(VoxelSize size, string place, string advice) => size is { Z: { } z, Y: { } y, X: { } x }
        ? [z, y, x]
        : throw new EmException(Fault.Configuration, $"{place}: got {size}, expected a size on every axis. {advice}.");

    private static string Text(double[] numbers) => string.Join(" × ", numbers.Select(number => number.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture)));
}
