namespace EmPipeline.Storage;

/// <summary>What an <see cref="Uploader"/> did, or would do.</summary>
/// <param name="Objects">Sent.</param>
/// <param name="Bytes">Sent.</param>
/// <param name="Equal">Objects that were there and are equal.</param>
/// <param name="Puts">Requests that put something: an object, a part, the beginning and the end of one in parts.</param>
public readonly record struct UploadCounts(long Objects, long Bytes, long Equal, long Puts)
{
    public static UploadCounts operator +(UploadCounts a, UploadCounts b) => new(a.Objects + b.Objects, a.Bytes + b.Bytes, a.Equal + b.Equal, a.Puts + b.Puts);
}
