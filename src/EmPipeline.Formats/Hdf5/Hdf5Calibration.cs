using EmPipeline.Volumes;
using EmPipeline.Zarr;
using PureHDF;

namespace EmPipeline.Formats.Hdf5;

/// <summary>
/// What a file says of a dataset's axes, in one of the dialects of the field: EMD (a vector "dimN" for each axis beside the data), HyperSpy
/// (a group "axis-N"), Velox (JSON beside the data), and the attributes of CREMI (resolution, nm) and ilastik (element_size_um, axistags).
/// </summary>
/// <param name="Axes">One letter an axis.</param>
internal sealed record Hdf5Calibration(string Axes, VoxelSize Size, string? Origin)
{
    /// <param name="rank">Axes of the dataset.</param>
    /// <param name="contents">Reads what lies beside the dataset.</param>
    public static async ValueTask<Hdf5Calibration> OfAsync(Hdf5Found found, int rank, Hdf5Contents contents, CancellationToken cancellation)
    {
        if (rank == 0)
            return new("", VoxelSize.Unknown, null);
        var letters = Hdf5AxisTags.Letters(found.Dataset, rank) ?? AxisLetters.Default(rank);
        return FromAttributes(found.Dataset, found.Path, letters)
            ?? await FromAxesAsync(found, rank, letters, contents, cancellation)
            ?? await Hdf5Velox.OfAsync(found, rank, contents, cancellation)
            ?? FromGroups(found, letters)
            ?? new(letters, VoxelSize.Unknown, null);
    }

    /// <summary>A group around the dataset may state what holds for all in it.</summary>
    private static Hdf5Calibration? FromGroups(Hdf5Found found, string letters)
    {
        for (var groups = found.Groups; groups is not null; groups = groups.Outer)
        {
            if (FromAttributes(groups.Group, groups.Path, letters) is { } calibration)
                return calibration;
        }

        return null;
    }

    private static Hdf5Calibration? FromAttributes(IH5Object of, string path, string letters)
    {
        var spatial = letters.Count(letter => letter is 'z' or 'y' or 'x');
        foreach (var (name, unit) in (ReadOnlySpan<(string, string)>)[("resolution", "nm"), ("element_size_um", "um")])
        {
            // Other software has other meanings for "resolution" (bins, dots per inch), with other numbers of them.
            if (Hdf5Attributes.Numbers(of, name) is not { } numbers || numbers.Length != spatial || spatial == 0)
                continue;
            var stated = name == "resolution" ? Hdf5Attributes.Text(of, "units") ?? Hdf5Attributes.Text(of, "unit") ?? unit : unit;
            var next = 0;
            var size = VoxelSize.Unknown;
            foreach (var letter in letters)
            {
                if (letter is 'z' or 'y' or 'x')
                    size = With(size, letter, LengthUnits.ToNanometres(numbers[next++], stated));
            }

            if (size != VoxelSize.Unknown)
                return new(letters, size, $"attribute {name} of {(path.Length == 0 ? "/" : path)}");
        }

        return null;
    }

    private static async ValueTask<Hdf5Calibration?> FromAxesAsync(Hdf5Found found, int rank, string letters, Hdf5Contents contents, CancellationToken cancellation)
    {
        var axes = new Hdf5Axis?[rank];
        for (var axis = 0; axis < rank; axis++)
            axes[axis] = await Hdf5Axis.OfEmdAsync(found, axis, contents, cancellation) ?? Hdf5Axis.OfHyperSpy(found.Groups.Group, axis);
        if (axes.All(axis => axis is null))
            return null;

        var named = new char[rank];
        for (var axis = 0; axis < rank; axis++)
            named[axis] = axes[axis]?.Letter ?? letters[axis];
        // Names that contradict each other are worth less than the order.
        var places = named.Where(letter => letter is 'z' or 'y' or 'x').ToArray();
        var result = places.Distinct().Count() == places.Length ? new string(named) : letters;
        var size = VoxelSize.Unknown;
        for (var axis = 0; axis < rank; axis++)
            size = With(size, result[axis], axes[axis]?.Nanometres);
        return new(result, size, size == VoxelSize.Unknown ? null : axes.First(axis => axis?.Nanometres is not null)!.Origin);
    }

    private static VoxelSize With(VoxelSize size, char letter, double? nanometres) => letter switch
    {
        'z' => size with { Z = nanometres },
        'y' => size with { Y = nanometres },
        'x' => size with { X = nanometres },
        _ => size,
    };
}
