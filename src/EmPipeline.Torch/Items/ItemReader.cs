using System.Collections.Concurrent;
using EmPipeline.Torch.Blocks;
using EmPipeline.Torch.Sampling;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Torch.Items;

/// <summary>Reads whole items: image, labels and masks of one place, on one grid. Safe for concurrent use.</summary>
/// <param name="mayReachOut">Whether a sample may reach into blocks that its query did not choose.</param>
internal sealed class ItemReader(BlockOptions options, ItemLayout layout, bool mayReachOut)
{
    private static readonly NdIndex NoHalo = NdIndex.Filled(3, 0);
    private static readonly byte[] Zero = new byte[8];
    private static readonly byte[] Unknown = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
    private readonly ConcurrentBag<ItemWorkspace> _idle = [];
    private readonly ImageReader _images = new(options, layout.Fields[ItemLayout.Data].Type);
    private readonly LabelReader _labels = new(options);
    private readonly TransformedReader _transformed = new(options, layout, new(options, layout.Fields[ItemLayout.Data].Type));

    /// <summary>Reads one item.</summary>
    public async ValueTask ReadAsync(ItemVolume volume, SamplePlace place, ItemSlot slot, CancellationToken cancellation)
    {
        var workspace = Rent();
        WriteNumbers(volume, place, await ReadAsync(volume, place, workspace, slot, cancellation), slot);

        // What a failed read was using is not used again: that may still be under way.
        _idle.Add(workspace);
    }

    /// <summary>Reads the image alone.</summary>
    public async ValueTask ReadImageAsync(ItemVolume volume, SamplePlace place, Memory<byte> target, CancellationToken cancellation)
    {
        var workspace = Rent();
        if (volume.Program is not null)
        {
            await _transformed.ReadImageAsync(volume, place, workspace, target, cancellation);
            _idle.Add(workspace);
            return;
        }

        var sample = volume.Geometry.At(place.Origin, options.Shape, NoHalo);
        await _images.ReadAsync(volume, sample, workspace, target, cancellation);
        if (mayReachOut)
        {
            workspace.Blocks.Fill(sample.Grid, sample.Box, volume.Geometry.Blocks);
            foreach (var other in ChosenOnly.Others(place, workspace.Blocks))
                Fill(Zero, other, target, layout.Fields[ItemLayout.Data]);
        }

        if (options.Outside == Outside.Reflect && Reaches(volume, sample, workspace) is { } inside)
            Reflect(inside, target, layout.Fields[ItemLayout.Data]);
        _idle.Add(workspace);
    }

    private async ValueTask<SampleBox> ReadAsync(ItemVolume volume, SamplePlace place, ItemWorkspace workspace, ItemSlot slot, CancellationToken cancellation)
    {
        if (volume.Program is not null)
            return await _transformed.ReadAsync(volume, place, workspace, slot, cancellation);
        var sample = volume.Geometry.At(place.Origin, options.Shape, NoHalo);
        await _images.ReadAsync(volume, sample, workspace, slot.Data, cancellation);
        if (layout.LabelCount > 0)
        {
            workspace.Blocks.Fill(sample.Grid, sample.Box, volume.Geometry.Blocks);
            LabelGather.Known(workspace.Blocks, slot.Mask(0).Span);
            for (var i = 0; i < layout.LabelCount; i++)
                await _labels.ReadAsync(volume.Labels[i], i, sample, workspace, slot.Labels(i), slot.Mask(1 + i), cancellation);
        }

        if (mayReachOut)
            KeepChosen(volume, place, sample, workspace, slot);
        if (options.Outside == Outside.Reflect && Reaches(volume, sample, workspace) is { } inside)
            Reflect(inside, slot);
        return sample;
    }

    private ItemWorkspace Rent() => _idle.TryTake(out var workspace) ? workspace : new ItemWorkspace();

    private void KeepChosen(ItemVolume volume, SamplePlace place, SampleBox sample, ItemWorkspace workspace, ItemSlot slot)
    {
        workspace.Blocks.Fill(sample.Grid, sample.Box, volume.Geometry.Blocks);
        foreach (var other in ChosenOnly.Others(place, workspace.Blocks))
        {
            Fill(Zero, other, slot.Data, layout.Fields[ItemLayout.Data]);
            for (var i = 0; i < layout.LabelCount; i++)
            {
                Fill(Unknown, other, slot.Labels(i), layout.Fields[layout.Labels]);
                Fill(Zero, other, slot.Mask(1 + i), layout.Fields[layout.Mask]);
            }

            if (layout.LabelCount > 0)
                Fill(Zero, other, slot.Mask(0), layout.Fields[layout.Mask]);
        }
    }

    /// <summary>The part of a sample inside of its volume, where it reaches beyond.</summary>
    private static Box? Reaches(ItemVolume volume, SampleBox sample, ItemWorkspace workspace)
    {
        workspace.Blocks.Fill(sample.Grid, sample.Box, volume.Geometry.Blocks);
        return workspace.Blocks.IsWhole ? null : SampleFill.Inside(workspace.Blocks);
    }

    /// <summary>Of what the sample holds, and so of nothing that its query did not choose.</summary>
    private void Reflect(Box inside, ItemSlot slot)
    {
        Reflect(inside, slot.Data, layout.Fields[ItemLayout.Data]);
        for (var i = 0; i < layout.LabelCount; i++)
        {
            Reflect(inside, slot.Labels(i), layout.Fields[layout.Labels]);
            Reflect(inside, slot.Mask(1 + i), layout.Fields[layout.Mask]);
        }

        if (layout.LabelCount > 0)
            Reflect(inside, slot.Mask(0), layout.Fields[layout.Mask]);
    }

    private void Reflect(Box inside, Memory<byte> target, ItemField field) => Reflection.Fill(target.Span, options.Shape, inside, TensorType.Size(field.Type));

    private void Fill(byte[] value, Box box, Memory<byte> target, ItemField field) =>
        StridedCopy.Fill(value.AsSpan(0, TensorType.Size(field.Type)), box, target.Span, Box.Whole(options.Shape));

    private static void WriteNumbers(ItemVolume volume, SamplePlace place, SampleBox sample, ItemSlot slot)
    {
        var origin = slot.Numbers<long>(ItemLayout.Origin);
        var first = slot.Numbers<double>(ItemLayout.OriginNm);
        var size = slot.Numbers<double>(ItemLayout.VoxelSizeNm);
        slot.Numbers<long>(ItemLayout.Index)[0] = place.Index;
        for (var axis = 0; axis < 3; axis++)
        {
            origin[axis] = place.Origin[axis];
            size[axis] = (axis switch { 0 => volume.VoxelSize.Z, 1 => volume.VoxelSize.Y, _ => volume.VoxelSize.X }) ?? double.NaN;
            first[axis] = volume.VoxelSize.IsKnown ? sample.Grid[axis].PositionOf(sample.Box.Origin[axis]) : double.NaN;
        }
    }
}
