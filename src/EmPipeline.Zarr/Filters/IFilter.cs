using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.Filters;

/// <summary>A codec whose encoded length follows from the decoded one: a numcodecs filter that is no compressor.</summary>
internal interface IFilter : IBytesCodec
{
    /// <summary>The length of what decodes to <paramref name="decodedLength"/> bytes.</summary>
    long EncodedLength(long decodedLength);
}
