using System.Globalization;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Crops;

/// <summary>
/// Chooses a seeded random crop that holds tissue, not the blank padding around it. The same seed, volume and crop give the same box.
/// </summary>
/// <remarks>
/// A voxel is tissue unless it is 0, the largest value of its integer type, or not a number: padding is black or white. A candidate of
/// one value throughout is blank whatever the value. Candidates are judged on the coarsest level on which they still have 16 voxels on
/// every axis (or all that they have, if fewer), and only their own voxels are read: one to eight chunks, for a crop that spans less than
/// a chunk there.
/// </remarks>
public static class TissueCrop
{
    /// <summary>Candidates after which the search ends.</summary>
    public const int MaximumCandidates = 1000;

    private const long FewestVoxels = 16;
    private const long VoxelsAtOnce = 16L << 20;

    /// <param name="levels">The pyramid of one volume, level 0 first, axes z, y, x; not owned.</param>
    /// <param name="cropShape">z, y, x, in voxels of level 0; clipped to the volume.</param>
    /// <param name="minimumTissue">The share of tissue that suffices, 0 to 1.</param>
    /// <param name="within">The part of level 0 that the crop has to lie in, and is clipped to; null for all of it.</param>
    /// <exception cref="EmException">No candidate has enough tissue, or the levels cannot be read.</exception>
    public static async ValueTask<TissueChoice> ChooseAsync(
        IReadOnlyList<IVolumeReader> levels, NdIndex cropShape, ulong seed, double minimumTissue, Box? within = null, CancellationToken cancellation = default)
    {
        var from = within?.Origin ?? NdIndex.Filled(levels[0].Info.Shape.Rank, 0);
        var volume = within?.Shape ?? levels[0].Info.Shape;
        if (levels.Any(level => level.Info.Axes != "zyx") || cropShape.Rank != 3 || new Box(volume, cropShape).IsEmpty || Box.Whole(volume).IsEmpty)
        {
            throw new EmException(Fault.Configuration,
                $"crop: got shape {cropShape} of {levels[0].Info.Name} with axes {levels[0].Info.Axes}, {volume}, expected z×y×x of a volume with these three axes.");
        }

        var shape = CropOrigin.Clip(cropShape, volume);
        var judged = ChooseLevel(levels, shape);
        var best = 0.0;
        var tried = 0;
        foreach (var candidate in CropOrigin.Candidates(seed, volume, shape).Take(MaximumCandidates).Select(box => new Box(box.Origin + from, box.Shape)))
        {
            tried++;
            var share = await ShareAsync(levels[judged], ToLevel(candidate, levels[0].Info, levels[judged].Info), cancellation);
            if (share >= minimumTissue)
                return new TissueChoice(candidate, share, tried, judged, shape != cropShape);
            best = Math.Max(best, share);
        }

        throw new EmException(Fault.Configuration, string.Create(CultureInfo.InvariantCulture,
            $"crop: got at most {best:0.###} tissue in {tried} candidates of {shape} in {levels[0].Info.Name}, expected {minimumTissue:0.###}. Ask for less tissue, a smaller crop or another seed."));
    }

    /// <summary>The coarsest level on which a crop of this shape is still resolved.</summary>
    internal static int ChooseLevel(IReadOnlyList<IVolumeReader> levels, NdIndex shape)
    {
        for (var level = levels.Count - 1; level > 0; level--)
        {
            var scale = Factors(levels[0].Info, levels[level].Info);
            if (Enumerable.Range(0, 3).All(axis => shape[axis] / scale[axis] >= Math.Min(FewestVoxels, shape[axis])))
                return level;
        }

        return 0;
    }

    /// <summary>The voxels of a level that a box of level 0 touches.</summary>
    internal static Box ToLevel(Box box, VolumeInfo finest, VolumeInfo level)
    {
        var scale = Factors(finest, level);
        var (from, to) = (box.Origin, box.End);
        for (var axis = 0; axis < 3; axis++)
        {
            // Rounded levels may be a voxel short of what the factor says.
            from[axis] = Math.Min((long)Math.Floor(box.Origin[axis] / scale[axis]), level.Shape[axis] - 1);
            to[axis] = Math.Clamp((long)Math.Ceiling(box.End[axis] / scale[axis]), from[axis] + 1, level.Shape[axis]);
        }

        return Box.FromEnds(from, to);
    }

    // Voxel sizes say exactly what shapes say only up to rounding.
    private static double[] Factors(VolumeInfo finest, VolumeInfo level)
    {
        var (a, b) = (finest.VoxelSize, level.VoxelSize);
        if (a.IsKnown && b.IsKnown)
            return [b.Z!.Value / a.Z!.Value, b.Y!.Value / a.Y!.Value, b.X!.Value / a.X!.Value];
        return [.. Enumerable.Range(0, 3).Select(axis => (double)finest.Shape[axis] / Math.Max(1, level.Shape[axis]))];
    }

    private static async ValueTask<double> ShareAsync(IVolumeReader level, Box box, CancellationToken cancellation)
    {
        var counter = new TissueCounter(level.Info.Type);
        // Whole slabs of chunks at a time, so that a volume without coarse levels takes bounded memory.
        var slab = Math.Max(1, VoxelsAtOnce / (box.Shape[1] * box.Shape[2]));
        slab = Math.Max(1, slab / level.Info.Grain[0] * level.Info.Grain[0]);
        for (var z = box.Origin[0]; z < box.End[0];)
        {
            var end = Math.Min(box.End[0], (z / slab + 1) * slab);
            var part = Box.FromEnds(new NdIndex(z, box.Origin[1], box.Origin[2]), new NdIndex(end, box.End[1], box.End[2]));
            var voxels = new byte[checked((int)(part.Volume * level.Info.Type.Size()))];
            await level.ReadAsync(part, voxels, cancellation);
            counter.Add(voxels);
            z = end;
        }

        return counter.Share;
    }
}
