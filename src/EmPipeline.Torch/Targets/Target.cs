using System.Numerics;
using EmPipeline.Torch.Targets;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// What a network is to answer, made of one label volume after all transforms, with the halo that it needs: what it is at a voxel does not depend
/// on where the sample was cut. Beside its values stands a mask of the same shape: 1 where the value is certain, 0 where voxels that were not
/// annotated, or that lie outside, could change it; there the value means nothing. Immutable and safe for concurrent use. As a record it states its
/// settings.
/// </summary>
public abstract record Target
{
    private protected Target(string name) => Name = name;

    /// <summary>The key of the tensor, [channels, z, y, x]; that of its mask is this and "_mask", uint8.</summary>
    public string Name { get; init; }

    /// <summary>The label volume that it is made of; null: the first.</summary>
    public string? Label { get; init; }

    /// <summary>The first axis of the tensor.</summary>
    public virtual int Channels => 1;

    /// <summary>True: float32. False: uint8, 0 or 1.</summary>
    public virtual bool IsFloat => false;

    /// <summary>The voxels a side, z, y, x, that it needs around what it gives.</summary>
    /// <exception cref="EmException">It cannot be made of such voxels: <see cref="Fault.Configuration"/>.</exception>
    public virtual NdIndex Halo(VoxelSize voxelSize) => NdIndex.Filled(3, 0);

    /// <param name="ids">With a margin of at least <see cref="Halo"/>.</param>
    /// <param name="values">Every channel, C order, without the margin.</param>
    /// <param name="mask">One byte a value.</param>
    internal void Make(LabelIds ids, Span<byte> values, Span<byte> mask)
    {
        // Kernels look this far without asking.
        var halo = Grid.Of(Halo(ids.VoxelSize));
        if (Grid.Max(halo, ids.Margin) != ids.Margin)
            throw new ArgumentException($"{Name}: got a margin of {ids.Margin}, expected {halo} or more.", nameof(ids));
        var length = Channels * ids.Wanted.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, length * (IsFloat ? sizeof(float) : 1), nameof(values));
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, length, nameof(mask));
        if (ids.IsWide)
            Make<uint>(ids, values, mask);
        else
            Make<ushort>(ids, values, mask);
        if (!ids.HasUnknown)
            mask.Fill(1);
    }

    /// <summary>Makes it of numbers of this type. The mask need not be written where nothing is unknown.</summary>
    private protected abstract void Make<T>(LabelIds ids, Span<byte> values, Span<byte> mask)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>;
}
