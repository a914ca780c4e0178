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
    private SliceForm? _form;
    private VoxelType _type;
    private string? _otherSize;

    /// <param name="keep">The slice's reader stays open; what it states of itself need not.</param>
    /// <exception cref="EmException">The slice is of another size or has other channels than the first.</exception>
    public void Add(string name, IVolumeReader reader, bool keep)
    {
        var info = reader.Info;
        if (_form?.Fits(info) is not true)
            _form = new SliceForm(info, folder.Below(name).ToString());
        _firstInfo ??= info;
        var first = _slices.Count == 0 ? _form : _slices[0].Form;
        if (_form.Shape != first.Shape || _form.Axes != first.Axes)
        {
            throw EmException.Corrupt(
                folder.Below(name).ToString(),
                $"got {_form.Shape} ({_form.Axes}), expected {first.Shape} ({first.Axes}) as in {_slices[0].FileName}. Slices of a stack have one size; move others to a folder of their own.");
        }

        _type = _slices.Count == 0 ? _form.Type : VoxelWidening.Common(_type, _form.Type) ?? throw EmException.Unsupported(
            folder.Below(name).ToString(), $"a stack of {_type.Name()} (as in {_slices[0].FileName}) and {_form.Type.Name()} slices");
        if (!Same(info.VoxelSize, first.Info.VoxelSize))
            _otherSize ??= $"{name} states {info.VoxelSize}, {_slices[0].FileName} {first.Info.VoxelSize}";
        _slices.Add(new Slice(name, _form, keep ? reader is RawArrayReader raw ? raw.As(_form.Info) : reader : null));
    }

    /// <param name="open">Opens a slice that was not kept, by its file's name.</param>
    public ImageStackReader Build(Func<string, CancellationToken, ValueTask<IVolumeReader>> open)
    {
        var (first, info) = (_slices[0], _firstInfo!);
        return new ImageStackReader(
            new VolumeInfo
            {
                Name = "",
                Format = ImageStackFormat.FormatName,
                Shape = Along(_slices.Count, first.Form.Shape),
                Axes = "z" + first.Form.Axes,
                Type = _type,
                Grain = Along(1, first.Form.Used(info.Grain)),
                Advice = Along(1, first.Form.Used(info.Advice)),
                VoxelSize = info.VoxelSize,
                VoxelSizeOrigin = info.VoxelSizeOrigin is { } origin ? $"{first.FileName} {origin}" : null,
                Metadata = [.. Notes(), .. info.Metadata.Select(value => value with { Origin = $"{first.FileName} {value.Origin}" })],
            },
            _slices, open);
    }

    private static NdIndex Along(long z, NdIndex plane) => new([z, .. plane.ToArray()]);

    private IEnumerable<MetadataValue> Notes()
    {
        const string Names = "file names";
        yield return new MetadataValue("First slice", _slices[0].FileName, Names);
        yield return new MetadataValue("Last slice", _slices[^1].FileName, Names);
        if (SliceGaps.Find(_slices.ConvertAll(slice => new SliceName(slice.FileName))) is { } gaps)
            yield return new MetadataValue(ImageStackFormat.Numbering, gaps, Names);
        var types = _slices.GroupBy(slice => slice.Form.Type).ToList();
        if (types.Count > 1)
        {
            var counts = string.Join(", ", types.Select(type => $"{type.Count()} {type.Key.Name()} ({type.First().FileName})"));
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
