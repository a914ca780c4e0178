using System.Runtime.InteropServices;
using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Torch.Items;

/// <summary>Reads one label of a sample, and where it is annotated. Immutable.</summary>
internal sealed class LabelReader(BlockOptions options)
{
    private readonly LabelForm _form = LabelForm.Of(options.LabelType);

    /// <param name="label">Null: the dataset is without it, and all of it is unknown.</param>
    /// <param name="number">Which of the options' labels it is.</param>
    /// <param name="labels">C order z, y, x, of <see cref="BlockOptions.LabelType"/>.</param>
    /// <param name="mask">1 where it is annotated, 0 elsewhere.</param>
    public async ValueTask ReadAsync(
        OpenLabel? label, int number, SampleBox sample, ItemWorkspace workspace, Memory<byte> labels, Memory<byte> mask, CancellationToken cancellation)
    {
        if (label is null)
        {
            labels.Span.Fill(0xFF);
            mask.Span.Clear();
            return;
        }

        var match = workspace.Labels;
        match.Fill(sample.Grid, sample.Box, label.Grid);
        var type = label.Reader.Info.Type;
        var asClasses = options.Labels[number].AsClasses;
        var isStraight = match.IsWhole && match[0].IsStraight && match[1].IsStraight && match[2].IsStraight;
        if (!asClasses && isStraight && type.Size() == TensorType.Size(options.LabelType))
        {
            // On the image's own voxels and as wide as the tensor: no copy.
            await label.Reader.ReadAsync(match.Hull, labels, cancellation);
            Mark(label.Meaning, match, labels.Span, mask.Span);
            return;
        }

        var stored = workspace.Stored(match.Hull.Volume * type.Size());
        if (!match.Hull.IsEmpty)
            await label.Reader.ReadAsync(match.Hull, stored, cancellation);
        if (asClasses)
        {
            var classes = workspace.Values(match.Hull.Volume);
            label.Meaning.ToClasses(type, stored.Span, MemoryMarshal.Cast<byte, sbyte>(classes.Span));
            _form.Gather(match, VoxelType.Int8, classes.Span, labels.Span);
            Mark(LabelMeaning.OfClasses, match, labels.Span, mask.Span);
        }
        else
        {
            _form.Gather(match, type, stored.Span, labels.Span);
            Mark(label.Meaning, match, labels.Span, mask.Span);
        }
    }

    private void Mark(LabelMeaning meaning, GridMatch match, ReadOnlySpan<byte> labels, Span<byte> mask)
    {
        LabelGather.Known(match, mask);
        if (meaning.HasUnknown)
            _form.MarkUnknown(meaning, labels, mask);
    }
}
