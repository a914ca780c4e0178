using System.Globalization;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>A voxel size and the tag or field that states it.</summary>
internal readonly record struct StatedSize(VoxelSize Size, string? Origin)
{
    public static StatedSize None => default;

    /// <summary>This size; axes that it leaves open come from <paramref name="other"/>, whose origin is then named too.</summary>
    public StatedSize Or(StatedSize other)
    {
        if (Origin is null)
            return other;
        var both = Size.Or(other.Size);
        return both == Size ? this : new StatedSize(both, $"{Origin}; {other.Origin}");
    }

    public static StatedSize Of(double? z, double? y, double? x, string origin) =>
        z is null && y is null && x is null ? None : new StatedSize(new VoxelSize(z, y, x), origin);

    /// <summary>A number at the start of a text, in invariant notation; null when there is none.</summary>
    public static double? Number(ReadOnlySpan<char> text) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
}
