namespace EmPipeline.Formats.Tiff;

/// <summary>One tag of an image file directory.</summary>
/// <param name="Count">Values, not bytes.</param>
/// <param name="ValueOffset">Where in the file the value lies, in the entry itself or outside it.</param>
internal readonly record struct TiffEntry(TiffTag Tag, TiffFieldType Type, long Count, long ValueOffset)
{
    /// <summary>Bytes of the value, known not to overflow since the file is longer.</summary>
    public long ByteLength => Count * Type.Size();
}
