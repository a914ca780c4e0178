namespace EmPipeline.Formats.Images;

/// <summary>PNG's colour types.</summary>
internal enum PngColour
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    RgbAlpha = 6,
}
