namespace EmPipeline.Catalog;

/// <summary>One label's part of the chunks of a class: rows and voxels from the first to below the end.</summary>
/// <param name="Label">Its level 0.</param>
public sealed record LabelChunkRange(LabelVolumeRecord Label, int First, int End, long FirstVoxel, long EndVoxel);
