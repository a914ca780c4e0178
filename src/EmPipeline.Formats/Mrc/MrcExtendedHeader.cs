using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Mrc;

/// <summary>
/// What Thermo Fisher's (FEI1, FEI2) extended header says of the first section: always little-endian, lengths in metres.
/// Extended headers of other kinds are named in the metadata by their type and skipped.
/// </summary>
/// <param name="PixelX">nm; null where nothing is said.</param>
internal sealed record MrcExtendedHeader(double? PixelX, double? PixelY, IReadOnlyList<MetadataValue> Metadata)
{
    public const string Origin = "extended header Pixel size";

    /// <summary>The bytes of the first section's entry that are read.</summary>
    public const int Length = 172;
    private const int TextBytes = 16;
    private const double NanometresPerMetre = 1e9;

    public static MrcExtendedHeader None { get; } = new(null, null, []);

    /// <param name="type">The header's EXTTYP.</param>
    public static MrcExtendedHeader Parse(string type, ReadOnlySpan<byte> bytes)
    {
        if (type is not ("FEI1" or "FEI2") || bytes.Length < Length)
            return None;
        var metadata = new List<MetadataValue>();
        AddText(metadata, "Microscope type", bytes.Slice(20, TextBytes));
        AddText(metadata, "Application", bytes.Slice(52, TextBytes));
        AddText(metadata, "Application version", bytes.Slice(68, TextBytes));
        AddNumber(metadata, "HT [V]", bytes[84..]);
        AddNumber(metadata, "Alpha tilt [deg]", bytes[100..]);
        var (x, y) = (AddNumber(metadata, "Pixel size X [m]", bytes[156..]), AddNumber(metadata, "Pixel size Y [m]", bytes[164..]));
        return new MrcExtendedHeader(x > 0 ? x * NanometresPerMetre : null, y > 0 ? y * NanometresPerMetre : null, metadata);
    }

    private static void AddText(List<MetadataValue> metadata, string key, ReadOnlySpan<byte> text)
    {
        if (Encoding.Latin1.GetString(text).Split('\0')[0].Trim() is { Length: > 0 } value)
            metadata.Add(new MetadataValue(key, value, "extended header"));
    }

    private static double? AddNumber(List<MetadataValue> metadata, string key, ReadOnlySpan<byte> bytes)
    {
        var value = BinaryPrimitives.ReadDoubleLittleEndian(bytes);
        if (!double.IsFinite(value))
            return null;
        metadata.Add(new MetadataValue(key, value.ToString(CultureInfo.InvariantCulture), "extended header"));
        return value;
    }
}
