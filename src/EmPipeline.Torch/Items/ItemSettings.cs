using EmPipeline.Catalog;
using EmPipeline.Torch.Blocks;
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

    /// <summary>What is done to samples of a volume; null: nothing.</summary>
    /// <param name="options">With the samples' shape.</param>
    /// <exception cref="EmException">A transform cannot be done on them.</exception>
    public static SampleProgram? Program(ItemVolume volume, BlockOptions options) => options.Transforms.Count == 0
        ? null
        : new SampleProgram(options.Transforms, options.Shape, NdIndex.Filled(3, 0), volume.VoxelSize, changesValues: options.Values == BlockValues.Normalised);

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
