namespace EmPipeline.Formats.Tiff;

/// <summary>The values of tag 339.</summary>
internal enum TiffSampleFormat
{
    Unsigned = 1,
    Signed = 2,
    Float = 3,

    /// <summary>"Untyped"; taken as unsigned, as every reader does.</summary>
    Undefined = 4,
    ComplexSigned = 5,
    ComplexFloat = 6,
}
