using System.Globalization;

namespace EmPipeline.Volumes;

/// <summary>The edge lengths of one voxel in nanometres; null where nothing states them (never 1 for "unknown").</summary>
public readonly record struct VoxelSize(double? Z, double? Y, double? X)
{
    public static VoxelSize Unknown => default;

    public bool IsKnown => Z is not null && Y is not null && X is not null;

    /// <summary>This size, with what it does not state taken from <paramref name="other"/>.</summary>
    public VoxelSize Or(VoxelSize other) => new(Z ?? other.Z, Y ?? other.Y, X ?? other.X);

    /// <summary>"z × y × x nm" with "?" for what is unknown.</summary>
    public override string ToString() =>
        string.Join(" × ", new[] { Z, Y, X }.Select(v => v?.ToString("0.######", CultureInfo.InvariantCulture) ?? "?")) + " nm";
}
