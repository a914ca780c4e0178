using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Items;

/// <summary>What is done to labels as tensors hold them, for each type of tensor. Immutable.</summary>
internal abstract class LabelForm
{
    /// <exception cref="EmException">Labels cannot be tensors of this type.</exception>
    public static LabelForm Of(ScalarType type) => type switch
    {
        ScalarType.Int8 => new Typed<sbyte>(),
        ScalarType.Int16 => new Typed<short>(),
        ScalarType.Int32 => new Typed<int>(),
        ScalarType.Int64 => new Typed<long>(),
        _ => throw new EmException(Fault.Configuration, $"LabelType: got {type}, expected Int64, Int32, Int16 or Int8."),
    };

    /// <summary>Whether a tensor of that type holds all values of a stored type, and -1.</summary>
    public static bool Holds(ScalarType tensor, VoxelType stored)
    {
        var (size, needed) = (Blocks.TensorType.Size(tensor), stored.Size());
        return size == 8 || size > needed || (size == needed && stored is VoxelType.Boolean or VoxelType.Int8 or VoxelType.Int16 or VoxelType.Int32);
    }

    /// <summary>As <see cref="LabelGather.Gather"/>.</summary>
    public abstract void Gather(GridMatch match, VoxelType type, ReadOnlySpan<byte> stored, Span<byte> labels);

    /// <summary>Ids of 64 bits that are known to fit.</summary>
    public abstract void Narrow(ReadOnlySpan<long> ids, Span<byte> labels);

    /// <summary>As <see cref="LabelMeaning.MarkUnknown"/>.</summary>
    public abstract void MarkUnknown(LabelMeaning meaning, ReadOnlySpan<byte> labels, Span<byte> mask);

    private sealed class Typed<TLabel> : LabelForm
        where TLabel : unmanaged, IBinaryInteger<TLabel>, ISignedNumber<TLabel>
    {
        public override void Gather(GridMatch match, VoxelType type, ReadOnlySpan<byte> stored, Span<byte> labels) =>
            LabelGather.Gather(match, type, stored, MemoryMarshal.Cast<byte, TLabel>(labels));

        public override void Narrow(ReadOnlySpan<long> ids, Span<byte> labels)
        {
            var narrow = MemoryMarshal.Cast<byte, TLabel>(labels);
            for (var i = 0; i < ids.Length; i++)
                narrow[i] = TLabel.CreateTruncating(ids[i]);
        }

        public override void MarkUnknown(LabelMeaning meaning, ReadOnlySpan<byte> labels, Span<byte> mask) =>
            meaning.MarkUnknown(MemoryMarshal.Cast<byte, TLabel>(labels), mask);
    }
}
