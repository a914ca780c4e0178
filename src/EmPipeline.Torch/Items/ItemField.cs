using EmPipeline.Torch.Blocks;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Items;

/// <summary>One tensor of an item.</summary>
/// <param name="Name">Its key: "data", "labels", …</param>
/// <param name="Shape">Of one item, without the batch's axis.</param>
internal sealed record ItemField(string Name, IReadOnlyList<long> Shape, ScalarType Type)
{
    /// <summary>Bytes of one item.</summary>
    public int Bytes { get; } = checked((int)(Shape.Aggregate(1L, (product, extent) => checked(product * extent)) * TensorType.Size(Type)));
}
