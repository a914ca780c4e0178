using System.Globalization;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Report;

/// <summary>Text for a page read by people.</summary>
internal static class Html
{
    // Only what HTML needs: the page is UTF-8, and × and µ stay readable in its source.
    public static string Encode(string? text) => text is null ? "" : text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);

    /// <summary>The text, or a dash for what nothing states.</summary>
    public static string OrDash(string? text) => string.IsNullOrWhiteSpace(text) ? "<span class=\"none\">–</span>" : Encode(text);

    public static string Number(double number) => number.ToString("#,0.##", CultureInfo.InvariantCulture);

    /// <summary>"1,065 × 1,536 × 2,048".</summary>
    public static string Extent(NdIndex shape) => string.Join(" × ", shape.ToArray().Select(extent => extent.ToString("#,0", CultureInfo.InvariantCulture)));

    /// <summary>"3.1 GiB".</summary>
    public static string Bytes(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        var unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++)
            bytes /= 1024;
        return bytes.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }
}
