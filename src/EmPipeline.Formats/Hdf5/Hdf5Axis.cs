using EmPipeline.Volumes;
using PureHDF;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>One axis as EMD and HyperSpy files describe it, beside the data.</summary>
/// <param name="Letter">z, y or x by its name; '?' when its unit is no length; null when nothing tells.</param>
/// <param name="Nanometres">The distance of two voxels.</param>
internal sealed record Hdf5Axis(char? Letter, double? Nanometres, string Origin)
{
    /// <summary>EMD: the dataset "dim1" (of version 1: "dim0") holds the positions along axis 0, its attributes say in what unit.</summary>
    public static async ValueTask<Hdf5Axis?> OfEmdAsync(Hdf5Found found, int axis, Hdf5Contents contents, CancellationToken cancellation)
    {
        var (group, described) = (found.Groups.Group, found.Dataset);
        // Version 1 counts from 0.
        var name = $"dim{(group.LinkExists("dim0") ? axis : axis + 1)}";
        if (!group.AttributeExists("emd_group_type") || !group.LinkExists(name) || group.Get(name) is not NativeDataset { Space.Rank: 1 } positions)
            return null;
        // The vectors are listed as datasets too, and do not describe each other.
        if (described.Name.StartsWith("dim", StringComparison.Ordinal) && int.TryParse(described.Name.AsSpan(3), out _))
            return null;
        var unit = Plain(Hdf5Attributes.Text(positions, "units"));
        return new(LetterOf(Hdf5Attributes.Text(positions, "name"), unit), LengthUnits.ToNanometres(await SpacingAsync(positions, contents, cancellation), unit), "dim vectors, units");
    }

    /// <summary>HyperSpy: the group "axis-0" has scale and units as attributes.</summary>
    public static Hdf5Axis? OfHyperSpy(IH5Group group, int axis)
    {
        var name = $"axis-{axis}";
        if (!group.LinkExists(name) || group.Get(name) is not IH5Group described || Hdf5Attributes.Numbers(described, "scale") is not [var scale])
            return null;
        var unit = Plain(Hdf5Attributes.Text(described, "units"));
        return new(LetterOf(Hdf5Attributes.Text(described, "name"), unit), LengthUnits.ToNanometres(scale, unit), "axis-N scale, units");
    }

    /// <summary>"[n_m]" is how EMD writes nm: SI symbols apart, in brackets.</summary>
    private static string Plain(string? unit) => (unit ?? "").Trim('[', ']', ' ').Replace("_", "", StringComparison.Ordinal);

    private static char? LetterOf(string? name, string unit)
    {
        var known = name?.Trim().ToLowerInvariant() switch
        {
            "x" or "r_x" or "width" => 'x',
            "y" or "r_y" or "height" => 'y',
            "z" or "r_z" or "depth" => 'z',
            _ => (char?)null,
        };
        return known ?? (unit is "" or "pixel" or "pixels" or "px" || LengthUnits.ToNanometres(unit) is not null ? null : '?');
    }

    /// <summary>The distance of the first two positions: the axes that these files describe are even.</summary>
    private static async ValueTask<double> SpacingAsync(NativeDataset positions, Hdf5Contents contents, CancellationToken cancellation)
    {
        if (positions.Space.Dimensions[0] < 2)
            return double.NaN;
        return await contents.ReadAsync(positions, new Box(new NdIndex(0), new NdIndex(2)), cancellation) is var (type, bytes)
            && Hdf5Numbers.ToDoubles(bytes, type) is [var first, var second] ? second - first : double.NaN;
    }
}
