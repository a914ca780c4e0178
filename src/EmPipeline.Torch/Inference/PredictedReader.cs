using EmPipeline.Volumes;

namespace EmPipeline.Torch.Inference;

/// <summary>One output of a prediction as a volume: reading it is predicting it. Read in the order of the sweep, box by box.</summary>
internal sealed class PredictedReader(SharedSweep sweep, OutputKind kind, VolumeInfo source, NdIndex box) : IVolumeReader
{
    public VolumeInfo Info { get; } = new()
    {
        Name = kind.Path, Format = "prediction", Shape = source.Shape, Axes = "zyx", Type = kind.Type, Grain = box, IsComputed = true, VoxelSize = source.VoxelSize,
    };

    public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        await sweep.ReadAsync(kind, box, buffer, cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
