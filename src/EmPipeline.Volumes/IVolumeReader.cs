namespace EmPipeline.Volumes;

/// <summary>
/// One n-dimensional array of voxels, readable by box. Safe for concurrent use; owns what it opened until disposed.
/// </summary>
public interface IVolumeReader : IAsyncDisposable
{
    VolumeInfo Info { get; }

    /// <summary>
    /// Reads the voxels of <paramref name="box"/> into <paramref name="buffer"/>: C order (last axis fastest), little-endian, no gaps.
    /// A chunk that the format allows to be absent reads as the fill value; one that should be there and is missing, forbidden or
    /// truncated is an error.
    /// </summary>
    /// <param name="box">Inside <see cref="VolumeInfo.Shape"/>, of the same rank.</param>
    /// <param name="buffer">Exactly box.Volume × size of type bytes; its content is undefined after an error.</param>
    /// <param name="cancellation">Stops the read between chunks.</param>
    /// <exception cref="EmException">The bytes are corrupt, unsupported or unavailable.</exception>
    ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default);
}

public static class VolumeReaderArguments
{
    /// <summary>Throws unless <paramref name="box"/> lies in the volume and <paramref name="bufferLength"/> fits it exactly.</summary>
    public static void Check(VolumeInfo info, Box box, int bufferLength)
    {
        if (box.Rank != info.Shape.Rank || !Box.Whole(info.Shape).Contains(box))
            throw new ArgumentOutOfRangeException(nameof(box), $"box: got {box}, expected one inside {info.Shape}.");
        if (box.Volume * info.Type.Size() != bufferLength)
        {
            throw new ArgumentException(
                $"buffer: got {bufferLength} bytes, expected {box.Volume * info.Type.Size()} for {box} of {info.Type.Name()}.", nameof(bufferLength));
        }
    }
}
