using EmPipeline.Volumes;

namespace EmPipeline.Torch.Items;

/// <summary>The voxels of one sample.</summary>
/// <param name="Grid">The grid that they are on.</param>
/// <param name="Box">Which of them, with what is read around; it may reach out.</param>
/// <param name="Image">The same box in the image's voxels, where the grids go together; null: the image is interpolated.</param>
internal readonly record struct SampleBox(VoxelGrid Grid, Box Box, Box? Image);
