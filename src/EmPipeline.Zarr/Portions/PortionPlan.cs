using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Portions;

/// <summary>How a volume that was begun is divided (<see cref="PortionedRechunk"/>).</summary>
/// <param name="Shape">Of a portion, in shards of the finest level, z, y, x.</param>
/// <param name="Count">How many there are.</param>
/// <param name="ToDo">The numbers of those in which something is missing.</param>
public sealed record PortionPlan(NdIndex Shape, int Count, IReadOnlyList<int> ToDo);
