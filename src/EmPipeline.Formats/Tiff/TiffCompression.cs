namespace EmPipeline.Formats.Tiff;

/// <summary>The values of tag 259 that have a meaning here.</summary>
internal enum TiffCompression
{
    None = 1,
    Lzw = 5,
    Jpeg = 7,
    AdobeDeflate = 8,
    PackBits = 32773,
    Deflate = 32946,
    Zstd = 50000,
}
