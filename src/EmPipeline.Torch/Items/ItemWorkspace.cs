using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Torch.Items;

/// <summary>What reading one item needs besides its memory; used again for the next. Not for concurrent use.</summary>
internal sealed class ItemWorkspace
{
    private byte[] _stored = [];
    private byte[] _values = [];

    /// <summary>The voxels of the blocks' volume at those of the sample.</summary>
    public GridMatch Blocks { get; } = new();

    /// <summary>The voxels of a label at those of the sample.</summary>
    public GridMatch Labels { get; } = new();

    /// <summary>The weights of the image's voxels for those of the sample.</summary>
    public AxisWeights[] Weights { get; } = [new(), new(), new()];

    public LinearResample Resample { get; } = new();

    /// <summary>A sample that is transformed on its way to the tensors.</summary>
    public Sample Sample { get; } = new();

    /// <summary>What is done to it.</summary>
    public SamplePlan Plan { get; } = new();

    /// <summary>Memory for voxels as stored.</summary>
    public Memory<byte> Stored(long length) => Grow(ref _stored, length);

    /// <summary>Memory for what is made of them.</summary>
    public Memory<byte> Values(long length) => Grow(ref _values, length);

    private static Memory<byte> Grow(ref byte[] buffer, long length)
    {
        if (buffer.Length < length)
            buffer = GC.AllocateUninitializedArray<byte>(checked((int)length));
        return buffer.AsMemory(0, (int)length);
    }
}
