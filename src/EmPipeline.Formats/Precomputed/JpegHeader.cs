using System.Buffers.Binary;

namespace EmPipeline.Formats.Precomputed;

/// <summary>What the frame header of a JPEG says (ITU-T T.81, B.2.2), read without decoding.</summary>
internal readonly record struct JpegHeader(int Width, int Height, int Components)
{
    private const byte StartOfFrame = 0xc0;
    private const int FrameBytes = 8;

    /// <exception cref="InvalidDataException">There is no frame header.</exception>
    /// <exception cref="NotSupportedException">The samples are not of 8 bits.</exception>
    public static JpegHeader Read(ReadOnlySpan<byte> jpeg)
    {
        if (jpeg is not [0xff, 0xd8, ..])
            throw new InvalidDataException("got no JPEG signature, expected a JPEG image");
        for (var at = 2; at + 4 <= jpeg.Length;)
        {
            if (jpeg[at] != 0xff)
                throw new InvalidDataException($"got byte {jpeg[at]:x2} at JPEG byte {at}, expected a marker");
            var marker = jpeg[at + 1];
            // Any number of fill bytes may stand before a marker; RSTn and TEM have no length.
            if (marker is 0xff)
            {
                at++;
                continue;
            }

            if (marker is 0x01 or (>= 0xd0 and <= 0xd7))
            {
                at += 2;
                continue;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            // 0xC0 to 0xCF are frames, but for DHT, JPG and DAC.
            if ((marker & 0xf0) == StartOfFrame && marker is not (0xc4 or 0xc8 or 0xcc))
                return Frame(jpeg[(at + 2)..], length);
            if (marker is 0xd9 or 0xda)
                break;
            at += 2 + length;
        }

        throw new InvalidDataException("got a JPEG without a frame header, expected one. Fetch the file again");
    }

    private static JpegHeader Frame(ReadOnlySpan<byte> frame, int length)
    {
        if (length < FrameBytes || frame.Length < FrameBytes)
            throw new InvalidDataException($"got a JPEG frame header of {Math.Min(length, frame.Length)} bytes, expected {FrameBytes} or more");
        if (frame[2] != 8)
            throw new NotSupportedException($"JPEG with samples of {frame[2]} bits");
        return new JpegHeader(BinaryPrimitives.ReadUInt16BigEndian(frame[5..]), BinaryPrimitives.ReadUInt16BigEndian(frame[3..]), frame[7]);
    }
}
