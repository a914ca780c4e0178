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

    public ItemLayout(NdIndex shape, ScalarType data, int labels, ScalarType labelType)
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

    /// <summary>Bytes of one item.</summary>
    public long Bytes => Fields.Sum(tensor => (long)tensor.Bytes);
}
