namespace EmPipeline.Formats.Tests.Dm;

/// <summary>Gatan's codes for kinds of pixels.</summary>
internal static class DmTypes
{
    public const int Int16 = 1, Float32 = 2, Complex64 = 3, PackedComplex = 5, UInt8 = 6, Int32 = 7, Int8 = 9, UInt16 = 10, UInt32 = 11, Float64 = 12, Binary = 14, Rgba = 23;
}
