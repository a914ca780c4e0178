using System.Security.Cryptography;
using System.Text;

namespace EmPipeline.Formats.Attributes;

/// <summary>One value that a file states, as it is stored. Immutable.</summary>
/// <param name="Path">
/// Its place in the file in the format's own words: "ImageList.1.ImageData.Calibrations.Dimension.0.Scale", "ImageDescription", "multiscales[0].axes[2].unit", "/volumes/raw@resolution".
/// A name that comes twice in one place ends in " (2)".
/// </param>
/// <param name="Type">The type as the format names it: "float32", "ASCII", "string".</param>
/// <param name="Value">As text, invariant culture, cut after <see cref="MostCharacters"/>; null for bytes, which are known by length and hash.</param>
/// <param name="Unit">The unit of the value where the file itself states it.</param>
/// <param name="Part">The page, of a file that has several; null for what is the whole file's.</param>
/// <param name="Length">Bytes of a value that is not shown whole.</param>
/// <param name="Sha256">Of those bytes, lower-case hexadecimal; null where they were not read (more than <see cref="MostHashedBytes"/>, which is data).</param>
public readonly record struct StoredAttribute(
    string Path, string Type, string? Value, string? Unit = null, string? Part = null, long? Length = null, string? Sha256 = null)
{
    /// <summary>Longer texts are cut; length and hash are those of the whole.</summary>
    public const int MostCharacters = 16 << 10;

    /// <summary>Longer values are neither read nor hashed: of a file of voxels only a hundredth may be read for what it states.</summary>
    public const int MostHashedBytes = 64 << 10;

    /// <summary>A text, made fit for any table: half characters and NULs become U+FFFD.</summary>
    public static StoredAttribute OfText(string path, string type, string text, string? unit = null, string? part = null)
    {
        if (text.Length <= MostCharacters)
            return new StoredAttribute(Clean(path), type, Clean(text), unit is null ? null : Clean(unit), part);
        var bytes = Encoding.UTF8.GetBytes(text);
        var end = char.IsHighSurrogate(text[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters;
        return new StoredAttribute(Clean(path), type, Clean(text[..end]) + "…", unit, part, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    public static StoredAttribute OfBytes(string path, string type, ReadOnlySpan<byte> bytes, string? part = null) =>
        new(Clean(path), type, null, null, part, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>Bytes that were not read.</summary>
    public static StoredAttribute OfLength(string path, string type, long bytes, string? part = null) => new(Clean(path), type, null, null, part, bytes);

    private static string Clean(string text)
    {
        const char Replacement = '\uFFFD';
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !text.Contains('\0'))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(rune.Value == 0 ? Replacement.ToString() : rune.ToString());
        return clean.ToString();
    }
}
