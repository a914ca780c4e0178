using EmPipeline.Torch.Blocks;
using EmPipeline.Torch.Targets;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Items;

/// <summary>All that items of one volume are read from: the image, at the level that goes with their voxel size, and its labels. Owns the readers.</summary>
internal sealed record ItemVolume : IAsyncDisposable
{
    /// <summary>The volume that the blocks are in.</summary>
    public required OpenVolume Blocks { get; init; }

    /// <summary>The volume whose voxels are read: that one, or another level of it.</summary>
    public required OpenVolume Image { get; init; }

    public required SampleGeometry Geometry { get; init; }

    /// <summary>A sample's voxel size; unknown along an axis where the image's is.</summary>
    public required VoxelSize VoxelSize { get; init; }

    /// <summary>What becomes 0 when normalised, and what is then 1.</summary>
    public required (double Zero, double Unit) Scale { get; init; }

    /// <summary>One for each label asked for; null where the dataset is without it.</summary>
    public required IReadOnlyList<OpenLabel?> Labels { get; init; }

    /// <summary>What is done to samples of this volume; null: nothing.</summary>
    public SampleProgram? Program { get; init; }

    /// <summary>What is made of them then; with <see cref="Program"/>.</summary>
    public TargetProgram? Targets { get; init; }

    public async ValueTask DisposeAsync()
    {
        foreach (var label in Labels)
        {
            if (label is not null)
                await label.DisposeAsync();
        }

        if (Image != Blocks)
            await Image.DisposeAsync();
        await Blocks.DisposeAsync();
    }
}
