using EmPipeline.Catalog;
using EmPipeline.Torch.Blocks;
using EmPipeline.Torch.Targets;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Items;

/// <summary>What items of several volumes have in common.</summary>
internal static class ItemSettings
{
    /// <exception cref="EmException">An option is out of range.</exception>
    public static void Check(BlockOptions options)
    {
        if (options.Shape is { Rank: > 0 } shape && (shape.Rank != 3 || Box.Whole(shape).IsEmpty))
            throw new EmException(Fault.Configuration, $"shape: got {shape}, expected three extents of at least 1.");
        if (options.VoxelSize is { } size && !(IsEdge(size.Z) && IsEdge(size.Y) && IsEdge(size.X)))
            throw new EmException(Fault.Configuration, $"VoxelSize: got {size}, expected three edges above 0 nm.");
        _ = LabelForm.Of(options.LabelType);

        static bool IsEdge(double? edge) => edge is > 0 and < double.PositiveInfinity;
    }

    /// <summary>The extent of a sample.</summary>
    public static NdIndex Shape(IEnumerable<BlockVolume> volumes, BlockOptions options)
    {
        if (options.Shape.Rank > 0)
            return options.Shape;
        var shapes = volumes.Select(volume => volume.Block).Distinct().ToList();
        return shapes.Count == 1
            ? shapes[0]
            : throw new EmException(Fault.Configuration, $"query: got blocks of {string.Join(" and ", shapes)} voxels, expected one extent. Set BlockOptions.Shape.");
    }

    /// <summary>The volume with what is done to its samples.</summary>
    /// <param name="options">With the samples' shape.</param>
    /// <exception cref="EmException">A transform cannot be done on them, or a target not be made.</exception>
    public static ItemVolume WithPrograms(ItemVolume volume, BlockOptions options)
    {
        if (options.Transforms.Count == 0 && options.Targets.Count == 0)
            return volume;
        var targets = new TargetProgram(options.Targets, [.. options.Labels.Select(label => label.Name)], volume.VoxelSize);
        return volume with
        {
            Targets = targets,
            Program = new SampleProgram(options.Transforms, options.Shape, targets.Halo, volume.VoxelSize, changesValues: options.Values == BlockValues.Normalised),
        };
    }

    /// <summary>The type of the image's tensor.</summary>
    public static ScalarType Type(IEnumerable<ItemVolume> volumes, BlockOptions options)
    {
        // What lies between stored values is no whole number.
        if (options.Values == BlockValues.Normalised || options.VoxelSize is not null)
            return ScalarType.Float32;
        var types = volumes.Select(volume => volume.Image.Reader.Info.Type).Distinct().ToList();
        if (types.Count > 1)
        {
            throw new EmException(
                Fault.Configuration,
                $"query: got volumes of types {string.Join(", ", types.Select(type => type.Name()))}, expected one type for stored values. Choose one type or BlockValues.Normalised.");
        }

        return TensorType.Of(types[0]);
    }
}
