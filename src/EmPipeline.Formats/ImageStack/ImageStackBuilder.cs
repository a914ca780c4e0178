using System.Globalization;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.ImageStack;

/// <summary>Holds each slice of a folder to the first, and describes the volume that they make.</summary>
internal sealed class ImageStackBuilder(VolumePath folder, int otherFiles)
{
    private const double SameSize = 1e-3;

    private readonly List<Slice> _slices = [];
    private VolumeInfo? _firstInfo;
    private VoxelType _type;
    private string? _otherSize;

    /// <exception cref="EmException">The slice is of another size or has other channels than the first.</exception>
    public void Add(Slice slice, VolumeInfo info)
    {
        if (_slices.Count == 0)
        {
            (_firstInfo, _type) = (info, slice.Type);
            _slices.Add(slice);
            return;
        }

        var first = _slices[0];
        if (slice.Shape != first.Shape || slice.Axes != first.Axes)
        {
            throw EmException.Corrupt(
                folder.Below(slice.Name.FileName).ToString(),
                $"got {slice.Shape} ({slice.Axes}), expected {first.Shape} ({first.Axes}) as in {first.Name.FileName}. Slices of a stack have one size; move others to a folder of their own.");
        }

        _type = VoxelWidening.Common(_type, slice.Type) ?? throw EmException.Unsupported(
            folder.Below(slice.Name.FileName).ToString(), $"a stack of {_type.Name()} (as in {first.Name.FileName}) and {slice.Type.Name()} slices");
        if (!Same(slice.Size, first.Size))
            _otherSize ??= $"{slice.Name.FileName} states {slice.Size}, {first.Name.FileName} {first.Size}";
        _slices.Add(slice);
    }

    public ImageStackReader Build()
    {
        var (first, info) = (_slices[0], _firstInfo!);
        var (grain, advice) = (NdIndex.Filled(1 + first.Shape.Rank, 1), NdIndex.Filled(1 + first.Shape.Rank, 1));
        for (var axis = 0; axis < first.Shape.Rank; axis++)
            (grain[axis + 1], advice[axis + 1]) = (info.Grain[first.Used[axis]], info.Advice[first.Used[axis]]);
        return new ImageStackReader(
            new VolumeInfo
            {
                Name = "",
                Format = ImageStackFormat.FormatName,
                Shape = new NdIndex([_slices.Count, .. first.Shape.ToArray()]),
                Axes = "z" + first.Axes,
                Type = _type,
                Grain = grain,
                Advice = advice,
                VoxelSize = info.VoxelSize,
                VoxelSizeOrigin = info.VoxelSizeOrigin is { } origin ? $"{first.Name.FileName} {origin}" : null,
                Metadata = [.. Notes(), .. info.Metadata.Select(value => value with { Origin = $"{first.Name.FileName} {value.Origin}" })],
            },
            _slices);
    }

    private IEnumerable<MetadataValue> Notes()
    {
        const string Names = "file names";
        yield return new MetadataValue("First slice", _slices[0].Name.FileName, Names);
        yield return new MetadataValue("Last slice", _slices[^1].Name.FileName, Names);
        if (SliceGaps.Find(_slices.ConvertAll(slice => slice.Name)) is { } gaps)
            yield return new MetadataValue(ImageStackFormat.Numbering, gaps, Names);
        var types = _slices.GroupBy(slice => slice.Type).ToList();
        if (types.Count > 1)
        {
            var counts = string.Join(", ", types.Select(type => $"{type.Count()} {type.Key.Name()} ({type.First().Name.FileName})"));
            yield return new MetadataValue("Voxel types", $"{counts}; read as {_type.Name()}", "slices");
        }

        if (_otherSize is not null)
            yield return new MetadataValue("Voxel sizes differ", _otherSize, "slices");
        if (otherFiles > 0)
            yield return new MetadataValue("Other images left out", otherFiles.ToString(CultureInfo.InvariantCulture), Names);
    }

    private static bool Same(VoxelSize a, VoxelSize b) => Same(a.Z, b.Z) && Same(a.Y, b.Y) && Same(a.X, b.X);

    private static bool Same(double? a, double? b) => a is null || b is null ? a == b : Math.Abs(a.Value - b.Value) <= SameSize * a.Value;
}
