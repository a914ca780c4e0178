using EmPipeline.Volumes;

namespace EmPipeline.Zarr.V3;

/// <summary>The array that is turned into bytes: the decoded chunk after all array-to-array codecs.</summary>
/// <param name="Length">Its bytes.</param>
internal readonly record struct StoredNumbers(NdIndex Shape, int ElementSize, bool BigEndian, long Length);
