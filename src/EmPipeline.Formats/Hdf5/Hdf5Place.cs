using EmPipeline.Volumes;
using PureHDF;

namespace EmPipeline.Formats.Hdf5;

/// <summary>Where a dataset of CREMI's dialect lies: its attribute "offset", in nanometres like "resolution", is that of the first voxel's corner.</summary>
internal static class Hdf5Place
{
    /// <summary>The centre of the first voxel, nm; null unless the dataset itself states its resolution, in nanometres, on z, y and x.</summary>
    public static (double Z, double Y, double X)? Of(IH5Object dataset, Hdf5Calibration calibration)
    {
        var letters = string.Concat(calibration.Axes.Where(letter => letter is 'z' or 'y' or 'x'));
        if (letters.Length != 3 || calibration.Size is not { Z: { } z, Y: { } y, X: { } x } || Hdf5Attributes.Numbers(dataset, "resolution") is null)
            return null;
        if ((Hdf5Attributes.Text(dataset, "units") ?? Hdf5Attributes.Text(dataset, "unit") ?? "nm") is var unit && LengthUnits.ToNanometres(unit) != 1)
            return null;
        var corner = Hdf5Attributes.Numbers(dataset, "offset") ?? [0, 0, 0];
        if (corner.Length != 3)
            return null;
        double Corner(char letter) => corner[letters.IndexOf(letter, StringComparison.Ordinal)];
        return (Corner('z') + (z / 2), Corner('y') + (y / 2), Corner('x') + (x / 2));
    }
}
