using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Codecs;

public static class BytesCodecExtensions
{
    /// <summary>Decodes <paramref name="source"/>, which must fill <paramref name="target"/> exactly.</summary>
    /// <param name="place">Where the source lies, for the message.</param>
    /// <exception cref="EmException">The source is damaged, of another length, or uses what the codec does not support.</exception>
    public static void DecodeExactly(this IBytesCodec codec, ReadOnlySpan<byte> source, Span<byte> target, VolumePath place)
    {
        var length = codec.DecodeAt(source, target, place);
        if (length != target.Length)
            throw EmException.Corrupt(place.ToString(), $"got {length} decoded bytes, expected {target.Length}. Fetch it again.");
    }

    /// <summary>As <see cref="IBytesCodec.Decode"/>, with the place in the errors.</summary>
    /// <exception cref="EmException">The source is damaged, too long, or uses what the codec does not support.</exception>
    public static int DecodeAt(this IBytesCodec codec, ReadOnlySpan<byte> source, Span<byte> target, VolumePath place)
    {
        try
        {
            return codec.Decode(source, target);
        }
        catch (InvalidDataException e)
        {
            throw EmException.Corrupt(place.ToString(), $"{e.Message} Fetch it again.", e);
        }
        catch (NotSupportedException e)
        {
            throw EmException.Unsupported(place.ToString(), e.Message);
        }
    }
}
