using System.Text;

namespace EmPipeline.Formats.Tiff;

/// <summary>Text of tags. TIFF says ASCII; writers put UTF-8 or the Latin-1 "µ" of "µm" there.</summary>
internal static class TiffText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }
}
