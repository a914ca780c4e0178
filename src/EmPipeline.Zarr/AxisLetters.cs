namespace EmPipeline.Zarr;

/// <summary>The letters of <see cref="Volumes.VolumeInfo.Axes"/> where a format names none.</summary>
internal static class AxisLetters
{
    /// <summary>The last three axes are taken for z, y, x; what is before them has no name.</summary>
    public static string Default(int rank) => rank <= 3 ? "zyx"[^rank..] : new string('?', rank - 3) + "zyx";
}
