using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Items;

/// <summary>One tensor of an item.</summary>
/// <param name="Name">Its key: "data", "labels", …</param>
/// <param name="Shape">Of one item, without the batch's axis.</param>
internal sealed record ItemField(string Name, IReadOnlyList<long> Shape, ScalarType Type)
{
    /// <summary>Bytes of one item.</summary>
    /// <exception cref="EmException">More than an array holds.</exception>
    public int Bytes { get; } = Count(Name, Shape, Type);

    private static int Count(string name, IReadOnlyList<long> shape, ScalarType type)
    {
        var bytes = shape.Aggregate((double)TensorType.Size(type), (product, extent) => product * extent);
        return bytes <= Array.MaxLength
            ? (int)bytes
            : throw new EmException(Fault.Configuration, $"shape: got {string.Join("×", shape)} of {type} for one sample's {name}, expected less than 2 GiB. Set BlockOptions.Shape to less.");
    }
}
