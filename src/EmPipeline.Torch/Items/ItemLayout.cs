using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Items;

/// <summary>Which tensors an item has. Immutable.</summary>
internal sealed class ItemLayout
{
    /// <summary>"data" [1, z, y, x]: the image.</summary>
    public const int Data = 0;

    /// <summary>"origin" int64 [3]: the sample's first voxel, z, y, x, in the voxels of its block's volume.</summary>
    public const int Origin = 1;

    /// <summary>"origin_nm" float64 [3]: where the centre of the sample's first voxel lies; NaN where the voxel size is unknown.</summary>
    public const int OriginNm = 2;

    /// <summary>"voxel_size_nm" float64 [3]: of the sample; NaN where it is unknown.</summary>
    public const int VoxelSizeNm = 3;

    /// <summary>"index" int64 []: the number of the sample's block.</summary>
    public const int Index = 4;

    private readonly int _targets;

    /// <exception cref="EmException">A target has the name of another tensor.</exception>
    public ItemLayout(NdIndex shape, ScalarType data, int labels, ScalarType labelType, IReadOnlyList<Target> targets)
    {
        LabelCount = labels;
        var fields = new List<ItemField>
        {
            new("data", [1, .. shape.ToArray()], data),
            new("origin", [3], ScalarType.Int64),
            new("origin_nm", [3], ScalarType.Float64),
            new("voxel_size_nm", [3], ScalarType.Float64),
            new("index", [], ScalarType.Int64),
        };
        if (labels > 0)
        {
            (Labels, Mask) = (fields.Count, fields.Count + 1);
            fields.Add(new("labels", [labels, .. shape.ToArray()], labelType));
            fields.Add(new("mask", [1 + labels, .. shape.ToArray()], ScalarType.Byte));
        }

        _targets = fields.Count;
        foreach (var target in targets)
        {
            if (fields.Take(_targets).Any(field => field.Name == target.Name))
                throw new EmException(Fault.Configuration, $"Targets: got one of the name '{target.Name}', expected another than that of a tensor which samples have anyway. Set Name.");
            fields.Add(new(target.Name, [target.Channels, .. shape.ToArray()], target.IsFloat ? ScalarType.Float32 : ScalarType.Byte));
            fields.Add(new($"{target.Name}_mask", [target.Channels, .. shape.ToArray()], ScalarType.Byte));
        }

        Fields = fields;
    }

    public IReadOnlyList<ItemField> Fields { get; }

    /// <summary>How many label volumes.</summary>
    public int LabelCount { get; }

    /// <summary>"labels" [n, z, y, x]; -1 where there are none.</summary>
    public int Labels { get; } = -1;

    /// <summary>"mask" uint8 [1 + n, z, y, x], 0 or 1: inside the volume and chosen; then annotated, a label each. -1 where there is none.</summary>
    public int Mask { get; } = -1;

    public int MaskCount => 1 + LabelCount;

    /// <summary>NAME [channels, z, y, x] of a target.</summary>
    public int Target(int number) => _targets + (2 * number);

    /// <summary>NAME_mask uint8, of the shape of its target.</summary>
    public int TargetMask(int number) => Target(number) + 1;

    /// <exception cref="EmException">So many items are more than one tensor holds.</exception>
    public void RequireBatch(int items)
    {
        foreach (var field in Fields)
        {
            if ((long)field.Bytes * items > int.MaxValue)
                throw new EmException(Fault.Configuration, $"batch size: got {items} samples of {field.Bytes} bytes of {field.Name}, expected less than 2 GiB in one tensor. Take smaller batches, or set BlockOptions.Shape or LabelType to less.");
        }
    }

    /// <summary>Bytes of one item.</summary>
    public long Bytes => Fields.Sum(tensor => (long)tensor.Bytes);
}
