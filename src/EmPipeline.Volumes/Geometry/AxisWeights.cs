namespace EmPipeline.Volumes;

/// <summary>
/// Between which two voxels of one grid the centres of some voxels of another lie, along one axis, and how near to which: what linear
/// interpolation needs. Beyond the first and last centre it is the voxel there. Filled again and again. Not for concurrent use.
/// </summary>
public sealed class AxisWeights
{
    // Nearer to a centre than this share of a voxel is on it: what rounding leaves of a whole number.
    private const double Rounding = 1e-6;
    private int[] _lower = [];
    private float[] _weight = [];
    private int _count;

    /// <summary>For each voxel that was asked for, the one below its centre, counted from <see cref="First"/>. They do not decrease.</summary>
    public ReadOnlySpan<int> Lower => _lower.AsSpan(0, _count);

    /// <summary>How far it is towards the next one: from 0 up to but not including 1; the next one counts only where it is above 0.</summary>
    public ReadOnlySpan<float> Weight => _weight.AsSpan(0, _count);

    /// <summary>The first voxel that counts.</summary>
    public long First { get; private set; }

    /// <summary>How many voxels from the first to the last that counts.</summary>
    public int Length { get; private set; }

    /// <summary>Places the voxels <paramref name="first"/> … first + count - 1 of <paramref name="from"/> among those of <paramref name="to"/>.</summary>
    /// <param name="to">At least one voxel.</param>
    public void Fill(AxisGrid from, long first, int count, AxisGrid to)
    {
        if (_lower.Length < count)
            (_lower, _weight) = (new int[count], new float[count]);
        _count = count;
        (First, Length) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var place = Math.Clamp((from.PositionOf(first + i) - to.Centre) / to.Size, 0, to.Length - 1);
            var below = Math.Floor(place + Rounding);
            var above = place - below;
            var weight = above > Rounding ? (float)above : 0;
            if (i == 0)
                First = (long)below;
            _lower[i] = checked((int)((long)below - First));
            _weight[i] = weight;
            Length = Math.Max(Length, _lower[i] + (weight > 0 ? 2 : 1));
        }
    }
}
