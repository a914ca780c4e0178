namespace EmPipeline.Catalog;

/// <summary>What a dataset looks like: its middle planes, for the report.</summary>
/// <param name="Level">The resolution level that they were made of.</param>
/// <param name="Low">The grey value that is shown black: the first percentile of all planes.</param>
/// <param name="High">The grey value that is shown white: the 99th percentile.</param>
/// <param name="Counts">How often grey values come, in equal bins from <paramref name="Least"/> to <paramref name="Most"/>.</param>
/// <param name="Problem">Why there are no pictures; null where there are.</param>
public sealed record DatasetPictures(
    string Dataset, int Level, double Low, double High, IReadOnlyList<PlanePicture> Planes, double Least, double Most, IReadOnlyList<long> Counts, string? Problem = null);

/// <summary>One plane through the middle of a volume.</summary>
/// <param name="Axes">The plane's axes, across then down: "xy", "xz", "zy".</param>
/// <param name="Index">Where it cuts the third axis, in voxels of level 0.</param>
/// <param name="Across">Its extent in nanometres, or in voxels where a voxel's size is unknown.</param>
/// <param name="Down">As <paramref name="Across"/>.</param>
/// <param name="InNanometres">Whether they are in nanometres.</param>
/// <param name="Jpeg">Grey.</param>
/// <param name="Labels">What labels say of it, each a transparent PNG of the same extent.</param>
public sealed record PlanePicture(
    string Axes, long Index, double Across, double Down, bool InNanometres, ReadOnlyMemory<byte> Jpeg, IReadOnlyList<(string Label, ReadOnlyMemory<byte> Png)> Labels);
