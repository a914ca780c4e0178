using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Loading;

/// <summary>A volume of zeros of which some boxes cannot be read.</summary>
internal sealed class DamagedVolume(VolumeInfo info, Func<Box, bool> isDamaged, Fault fault, Action<Box>? onRead = null) : IVolumeReader
{
    public VolumeInfo Info => info;

    public ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        onRead?.Invoke(box);
        if (isDamaged(box))
            throw new EmException(fault, "it is damaged.");
        buffer.Span.Clear();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
