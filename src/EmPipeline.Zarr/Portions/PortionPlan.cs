using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Portions;

/// <summary>How a volume that was begun is divided (<see cref="PortionedRechunk"/>).</summary>
/// <param name="Shape">Of a portion, in shards of the finest level, z, y, x.</param>
/// <param name="Count">How many there are.</param>
/// <param name="ToDo">Those in which something is missing, by number.</param>
public sealed record PortionPlan(NdIndex Shape, int Count, IReadOnlyList<PlannedPortion> ToDo);

/// <summary>A portion that is to be made.</summary>
/// <param name="Bytes">Of its voxels at the finest level.</param>
/// <param name="JournalBytes">The length of its journal when all of it is made.</param>
public readonly record struct PlannedPortion(int Number, long Bytes, long JournalBytes);
