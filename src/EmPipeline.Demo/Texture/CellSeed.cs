namespace EmPipeline.Demo.Texture;

/// <summary>A cell's seed, voxels; a larger weight makes a larger cell.</summary>
internal readonly record struct CellSeed(float Z, float Y, float X, float Weight);
