using System.Runtime.InteropServices;
using EmPipeline.Torch.Blocks;
using EmPipeline.Torch.Sampling;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Items;

/// <summary>Reads samples with the halo that their transforms and targets need, transforms them, makes the targets, and writes all to tensors. Immutable.</summary>
internal sealed class TransformedReader(BlockOptions options, ItemLayout layout, ImageReader images)
{
    private readonly LabelReader _labels = new(options with { LabelType = ScalarType.Int64 });
    private readonly LabelForm _form = LabelForm.Of(options.LabelType);

    /// <summary>Reads one item.</summary>
    /// <returns>Its place, without the halo that was read.</returns>
    public async ValueTask<SampleBox> ReadAsync(ItemVolume volume, SamplePlace place, ItemWorkspace workspace, ItemSlot slot, CancellationToken cancellation)
    {
        var box = await ReadAsync(volume, place, workspace, cancellation);
        var (sample, targets) = (workspace.Sample, volume.Targets!);
        targets.Begin(sample, volume.Program!.TargetHalo);
        for (var i = 0; i < targets.Targets.Count; i++)
            targets.Make(sample, i, slot.Of(layout.Target(i)).Span, slot.Of(layout.TargetMask(i)).Span);
        sample.Shrink(volume.Program.TargetHalo);
        Write(workspace, slot);
        return box;
    }

    /// <summary>Reads the image alone.</summary>
    public async ValueTask ReadImageAsync(ItemVolume volume, SamplePlace place, ItemWorkspace workspace, Memory<byte> target, CancellationToken cancellation)
    {
        await ReadAsync(volume, place, workspace, cancellation);
        workspace.Sample.Shrink(volume.Program!.TargetHalo);
        WriteImage(workspace.Sample, target);
    }

    private async ValueTask<SampleBox> ReadAsync(ItemVolume volume, SamplePlace place, ItemWorkspace workspace, CancellationToken cancellation)
    {
        var (program, plan, sample) = (volume.Program!, workspace.Plan, workspace.Sample);
        program.Plan(plan, options.Seed, place.Epoch, place.Number);
        var halo = plan.Halo.ToIndex();
        var around = volume.Geometry.At(place.Origin, options.Shape, halo);
        await images.ReadAsync(volume, around, workspace, sample, cancellation);
        for (var i = 0; i < layout.LabelCount; i++)
            await _labels.ReadAsync(volume.Labels[i], i, around, workspace, sample.StoredLabels(i), sample.StoredMask(1 + i), cancellation);
        MaskImage(volume, place, around, workspace, sample);
        program.Run(sample, plan);
        return around with { Box = new Box(around.Box.Origin + halo, options.Shape) };
    }

    private void WriteImage(Sample sample, Memory<byte> target)
    {
        var type = layout.Fields[ItemLayout.Data].Type;
        if (options.Values == BlockValues.Stored && type == TensorType.Of(sample.ImagePart.Type))
            sample.WriteStored(target.Span);
        else
            sample.WriteImage(MemoryMarshal.Cast<byte, float>(target.Span));
    }

    private void Write(ItemWorkspace workspace, ItemSlot slot)
    {
        var sample = workspace.Sample;
        WriteImage(sample, slot.Data);
        if (layout.LabelCount == 0)
            return;
        sample.WriteMask(0, slot.Mask(0).Span);
        for (var i = 0; i < layout.LabelCount; i++)
        {
            WriteLabels(sample, i, workspace, slot.Labels(i));
            sample.WriteMask(1 + i, slot.Mask(1 + i).Span);
        }
    }

    private void WriteLabels(Sample sample, int label, ItemWorkspace workspace, Memory<byte> target)
    {
        if (options.LabelType == ScalarType.Int64)
        {
            sample.WriteLabels(label, MemoryMarshal.Cast<byte, long>(target.Span));
            return;
        }

        var ids = MemoryMarshal.Cast<byte, long>(workspace.Values(options.Shape.Volume * sizeof(long)).Span);
        sample.WriteLabels(label, ids);
        _form.Narrow(ids, target.Span);
    }

    // The halo reaches out where the sample does not.
    private void MaskImage(ItemVolume volume, SamplePlace place, SampleBox around, ItemWorkspace workspace, Sample sample)
    {
        var (match, all) = (workspace.Blocks, Box.Whole(around.Box.Shape));
        match.Fill(around.Grid, around.Box, volume.Geometry.Blocks);
        var others = ChosenOnly.Others(place, match).ToList();
        if (match.IsWhole && others.Count == 0)
        {
            sample.SetWhole(0);
            return;
        }

        LabelGather.Known(match, sample.StoredMask(0).Span);
        foreach (var other in others)
        {
            StridedCopy.Fill([0], other, sample.StoredMask(0).Span, all);
            for (var i = 0; i < layout.LabelCount; i++)
            {
                StridedCopy.Fill([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], other, sample.StoredLabels(i).Span, all);
                StridedCopy.Fill([0], other, sample.StoredMask(1 + i).Span, all);
            }
        }

        if (options.Outside == Outside.Reflect && !match.IsWhole)
            Reflect(sample, around.Box.Shape, SampleFill.Inside(match));
    }

    private void Reflect(Sample sample, NdIndex shape, Box inside)
    {
        Reflection.Fill(sample.StoredImage.Span, shape, inside, sample.ImagePart.Type.Size());
        Reflection.Fill(sample.StoredMask(0).Span, shape, inside, 1);
        for (var i = 0; i < layout.LabelCount; i++)
        {
            Reflection.Fill(sample.StoredLabels(i).Span, shape, inside, sizeof(long));
            Reflection.Fill(sample.StoredMask(1 + i).Span, shape, inside, 1);
        }
    }
}
