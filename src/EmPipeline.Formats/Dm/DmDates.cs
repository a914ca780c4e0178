using System.Globalization;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Dm;

/// <summary>
/// Dates in tags are text in the order of the microscope computer's language ("11.06.2018" is the 11th of June). The text stays as it
/// is; where a tag leaves no doubt, the date is added in ISO 8601.
/// </summary>
internal static class DmDates
{
    private const string FileTime = "DataBar.Acquisition Time (OS)";
    private const string DateText = "DataBar.Acquisition Date";

    public static IEnumerable<MetadataValue> Of(DmGroup image)
    {
        var bar = image.At<DmGroup>("ImageTags", "DataBar");
        if (bar?["Acquisition Time (OS)"] is DmNumber ticks && FromFileTime(ticks.AsDouble) is { } instant)
            yield return new MetadataValue("Acquisition instant (ISO 8601, UTC)", instant.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture), "ImageTags." + FileTime);
        // Only full stops say which part is which: with slashes both orders are in use.
        if (DmMetadata.Text(bar?["Acquisition Date"]) is { } text
            && DateOnly.TryParseExact(text.Trim(), ["d.M.yyyy", "dd.MM.yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            yield return new MetadataValue("Acquisition date (ISO 8601)", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "ImageTags." + DateText);
    }

    /// <summary>The number counts 100 ns since 1601, as Windows does.</summary>
    private static DateTime? FromFileTime(double ticks)
    {
        const double Year1980 = 1.196e17, Year2100 = 1.575e17;
        return ticks is > Year1980 and < Year2100 ? DateTime.FromFileTimeUtc((long)ticks) : null;
    }
}
