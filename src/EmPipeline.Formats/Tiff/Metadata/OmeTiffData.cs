namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>A TiffData element: from which directory of which file a run of planes comes.</summary>
/// <param name="Ifd">The directory's position; null when not stated.</param>
/// <param name="PlaneCount">How many planes follow in order; null when not stated.</param>
/// <param name="FileName">The file that the element names; null for the file that holds the description.</param>
internal readonly record struct OmeTiffData(long? Ifd, long? PlaneCount, long FirstZ, long FirstC, long FirstT, string? FileName);
