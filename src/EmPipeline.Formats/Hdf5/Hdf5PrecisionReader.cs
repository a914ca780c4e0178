using EmPipeline.Volumes;

namespace EmPipeline.Formats.Hdf5;

/// <summary>Makes whole integers of those that a reader finds stored with padding bits. Owns that reader.</summary>
internal sealed class Hdf5PrecisionReader(IVolumeReader stored, Hdf5Precision precision) : IVolumeReader
{
    public VolumeInfo Info => stored.Info;

    public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        await stored.ReadAsync(box, buffer, cancellation);
        precision.Extend(buffer.Span, Info.Type.Size());
    }

    public ValueTask DisposeAsync() => stored.DisposeAsync();
}
