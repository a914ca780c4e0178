using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.Ome;

/// <summary>One dataset of a multiscale image.</summary>
/// <param name="Path">Of the array, relative to the group that describes it.</param>
/// <param name="Level">0 the finest.</param>
/// <param name="Image">The element of "multiscales".</param>
/// <param name="Dataset">The element of its "datasets".</param>
internal sealed record OmeLevel(string Path, int Level, JsonField Image, JsonField Dataset);
