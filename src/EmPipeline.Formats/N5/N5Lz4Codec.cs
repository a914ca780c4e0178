using System.Buffers.Binary;
using EmPipeline.Formats.Codecs;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.N5;

/// <summary>
/// What goes by the name "lz4" in N5: the block stream of lz4-java (n5-java); a frame (rust-n5); numcodecs' block behind its length
/// (zarr-python's N5 store); a bare block (z5).
/// </summary>
internal sealed class N5Lz4Codec : IBytesCodec
{
    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.StartsWith("LZ4Block"u8))
            return Lz4BlockStreamCodec.Default.Decode(source, target);
        if (source.StartsWith(Lz4FrameCodec.Magic))
            return Lz4FrameCodec.Default.Decode(source, target);
        if (source.Length > 4 && BinaryPrimitives.ReadInt32LittleEndian(source) == target.Length)
            return Lz4Codec.Default.Decode(source, target);
        Lz4Codec.DecodeBlock(source, target);
        return target.Length;
    }
}
