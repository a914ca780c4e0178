namespace EmPipeline.Demo.Texture;

/// <summary>A cell's seed, voxels; a larger weight makes a larger cell.</summary>
/// <param name="Cell">The cell's number; the same for the images of one cell in neighbouring periods.</param>
internal readonly record struct CellSeed(int Cell, float Z, float Y, float X, float Weight);
