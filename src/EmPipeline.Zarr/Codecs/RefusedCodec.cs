namespace EmPipeline.Zarr.Codecs;

/// <summary>
/// Stands for a codec that is not supported: an array that uses it can be opened, listed and described, and only reading voxels is refused.
/// </summary>
/// <param name="feature">What is not supported, as the message says it: "compressor 'zfpy'".</param>
internal sealed class RefusedCodec(string feature) : IBytesCodec
{
    public int Decode(ReadOnlySpan<byte> source, Span<byte> target) => throw new NotSupportedException(feature);
}
