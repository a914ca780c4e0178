using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Items;

/// <summary>Reads the image of a sample in the form of a tensor's contents; 0 beyond the volume. Immutable.</summary>
internal sealed class ImageReader(BlockOptions options, ScalarType type)
{
    private readonly int _size = TensorType.Size(type);

    /// <param name="target">C order z, y, x, of the tensor's type.</param>
    public ValueTask ReadAsync(ItemVolume volume, SampleBox sample, ItemWorkspace workspace, Memory<byte> target, CancellationToken cancellation) =>
        sample.Image is { } box ? ReadAsync(volume, box, workspace, target, cancellation) : ResampleAsync(volume, sample, workspace, target, cancellation);

    /// <summary>
    /// Reads the image of a sample that is to be transformed, and makes its room: as stored where it can be brought to the tensor's numbers while it
    /// is written, so that most voxels are touched once; else in these numbers.
    /// </summary>
    public async ValueTask ReadAsync(ItemVolume volume, SampleBox sample, ItemWorkspace workspace, Sample target, CancellationToken cancellation)
    {
        var (stored, normalised) = (volume.Image.Reader.Info.Type, options.Values == BlockValues.Normalised);
        var cutsOff = normalised && options.Normalisation == Normalisation.ClippedPercentiles;
        if (sample.Image is { } box && !cutsOff)
        {
            target.Begin(sample.Box.Shape, stored, volume.Scale.Zero, volume.Scale.Unit, volume.VoxelSize, options.Labels.Count);
            await ReadStoredAsync(volume.Image.Reader, box, workspace, target.StoredImage, cancellation);
            return;
        }

        // Of a volume of one value a unit of 0 counts as 1, here as where values are brought to numbers.
        var black = normalised ? -volume.Scale.Zero / (volume.Scale.Unit > 0 ? volume.Scale.Unit : 1) : 0;
        target.Begin(sample.Box.Shape, VoxelType.Float32, 0, 1, volume.VoxelSize, options.Labels.Count, (float)(cutsOff ? Math.Clamp(black, 0, 1) : black));
        await ReadAsync(volume, sample, workspace, target.StoredImage, cancellation);
    }

    private static async ValueTask ReadStoredAsync(IVolumeReader reader, Box box, ItemWorkspace workspace, Memory<byte> target, CancellationToken cancellation)
    {
        var inside = box.Intersect(Box.Whole(reader.Info.Shape));
        if (inside == box)
        {
            await reader.ReadAsync(box, target, cancellation);
            return;
        }

        var voxels = workspace.Stored(inside.Volume * reader.Info.Type.Size());
        if (!inside.IsEmpty)
            await reader.ReadAsync(inside, voxels, cancellation);
        target.Span.Clear();
        StridedCopy.Copy(voxels.Span, inside, target.Span, box, reader.Info.Type.Size());
    }

    private async ValueTask ReadAsync(ItemVolume volume, Box box, ItemWorkspace workspace, Memory<byte> target, CancellationToken cancellation)
    {
        var reader = volume.Image.Reader;
        var inside = box.Intersect(Box.Whole(reader.Info.Shape));
        var asStored = options.Values == BlockValues.Stored && TensorType.Size(TensorType.Of(reader.Info.Type)) == reader.Info.Type.Size() && type == TensorType.Of(reader.Info.Type);
        if (asStored && inside == box)
        {
            await reader.ReadAsync(box, target, cancellation);
            return;
        }

        // Voxels are read tightly, brought to the tensor's type, and laid into their padding where the box reaches out of the volume.
        var voxels = workspace.Stored(inside.Volume * reader.Info.Type.Size());
        if (!inside.IsEmpty)
            await reader.ReadAsync(inside, voxels, cancellation);
        var values = inside == box ? target : workspace.Values(inside.Volume * _size);
        if (asStored)
            values = voxels;
        else
            Convert(volume, voxels.Span, values.Span);
        if (inside == box)
            return;
        target.Span.Clear();
        StridedCopy.Copy(values.Span, inside, target.Span, box, _size);
    }

    private async ValueTask ResampleAsync(ItemVolume volume, SampleBox sample, ItemWorkspace workspace, Memory<byte> target, CancellationToken cancellation)
    {
        var (origin, shape) = (sample.Box.Origin, sample.Box.Shape);
        for (var axis = 0; axis < 3; axis++)
        {
            workspace.Weights[axis].Fill(sample.Grid[axis], sample.Box.Origin[axis], checked((int)sample.Box.Shape[axis]), volume.Geometry.Image[axis]);
            (origin[axis], shape[axis]) = (workspace.Weights[axis].First, workspace.Weights[axis].Length);
        }

        var box = new Box(origin, shape);
        var voxels = workspace.Stored(box.Volume * volume.Image.Reader.Info.Type.Size());
        await volume.Image.Reader.ReadAsync(box, voxels, cancellation);
        Resample(volume, sample, box, workspace, voxels.Span, MemoryMarshal.Cast<byte, float>(target.Span));
    }

    private void Resample(ItemVolume volume, SampleBox sample, Box box, ItemWorkspace workspace, ReadOnlySpan<byte> voxels, Span<float> target)
    {
        var values = MemoryMarshal.Cast<byte, float>(workspace.Values(box.Volume * sizeof(float)).Span);
        Normalise(volume, voxels, values);
        workspace.Resample.Run(workspace.Weights, values, target);

        // Beyond the volume there is nothing, as elsewhere.
        workspace.Blocks.Fill(sample.Grid, sample.Box, volume.Geometry.Blocks);
        if (!workspace.Blocks.IsWhole)
            SampleFill.Outside(workspace.Blocks, target, 0);
    }

    private void Convert(ItemVolume volume, ReadOnlySpan<byte> voxels, Span<byte> values)
    {
        if (options.Values == BlockValues.Stored && type != ScalarType.Float32)
            VoxelConversion.Widen(volume.Image.Reader.Info.Type, voxels, values);
        else
            Normalise(volume, voxels, MemoryMarshal.Cast<byte, float>(values));
    }

    private void Normalise(ItemVolume volume, ReadOnlySpan<byte> voxels, Span<float> values)
    {
        VoxelConversion.Normalise(volume.Image.Reader.Info.Type, voxels, values, volume.Scale.Zero, volume.Scale.Unit);
        if (options.Values == BlockValues.Normalised && options.Normalisation == Normalisation.ClippedPercentiles)
            Clip(values);
    }

    private static void Clip(Span<float> values)
    {
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.Clamp(new Vector<float>(values[i..]), Vector<float>.Zero, Vector<float>.One).CopyTo(values[i..]);
        for (; i < values.Length; i++)
            values[i] = Math.Clamp(values[i], 0, 1);
    }
}
