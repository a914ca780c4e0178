namespace EmPipeline.Formats.Tiff;

/// <summary>The values of tag 259 that have a meaning here.</summary>
internal enum TiffCompression
{
    None = 1,
    CcittHuffman = 2,
    CcittGroup3 = 3,
    CcittGroup4 = 4,
    Lzw = 5,
    Jpeg = 7,
    AdobeDeflate = 8,
    PackBits = 32773,
    Deflate = 32946,
    Zstd = 50000,
}
