using System.Globalization;

namespace EmPipeline.Catalog.Consolidation;

/// <summary>Dates as instruments and registries write them.</summary>
public static class Dates
{
    // DD.MM.YYYY is read as such and never as month first: DigitalMicrograph writes it so on machines set to German.
    // Forms with slashes are left alone, since nothing tells which half of the world wrote them.
    private static readonly string[] Days = ["yyyy-MM-dd", "dd.MM.yyyy", "d.M.yyyy", "yyyy/MM/dd", "yyyyMMdd"];

    private static readonly string[] Moments =
        ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "dd.MM.yyyy HH:mm:ss", "yyyy:MM:dd HH:mm:ss", "R"];

    /// <summary>The day that <paramref name="text"/> names, as it was where it was written; null when that is not certain.</summary>
    public static DateOnly? Parse(string text)
    {
        text = text.Trim();
        if (DateOnly.TryParseExact(text, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day;
        return DateTimeOffset.TryParseExact(text, Moments, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? DateOnly.FromDateTime(moment.DateTime)
            : null;
    }
}
