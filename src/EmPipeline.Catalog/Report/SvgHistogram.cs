using System.Globalization;
using System.Text;

namespace EmPipeline.Catalog.Report;

/// <summary>A histogram as an inline SVG of a fixed size; a screen reader hears its title.</summary>
internal static class SvgHistogram
{
    private const int Width = 320;
    private const int Height = 84;

    /// <param name="one">What is counted, of one; <paramref name="many"/> of several.</param>
    public static string Render(Histogram histogram, string title, string one = "block", string many = "blocks")
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>{Html.Encode(title)}</figcaption>");
        svg.Append(CultureInfo.InvariantCulture, $"<svg role=\"img\" aria-label=\"{Html.Encode(title)}\" viewBox=\"0 0 {Width} {Height + 18}\">");
        var highest = histogram.Counts.DefaultIfEmpty().Max();
        if (highest == 0)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width / 2}\" y=\"{Height / 2}\" text-anchor=\"middle\">no {many}</text>");
        }
        else
        {
            AppendBars(svg, histogram, highest, one, many);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"{Height + 14}\">{Html.Number(histogram.Low)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width}\" y=\"{Height + 14}\" text-anchor=\"end\">{Html.Number(histogram.High)}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"0\" x2=\"{Width}\" y1=\"{Height}\" y2=\"{Height}\"/></svg></figure>");
        return svg.ToString();
    }

    private static void AppendBars(StringBuilder svg, Histogram histogram, long highest, string one, string many)
    {
        var step = (double)Width / histogram.Counts.Count;
        for (var bin = 0; bin < histogram.Counts.Count; bin++)
        {
            var count = histogram.Counts[bin];
            if (count == 0)
                continue;

            // One block among thousands must still be seen.
            var height = Math.Max(1.5, (double)count / highest * (Height - 4));
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect x=\"{bin * step:0.##}\" y=\"{Height - height:0.##}\" width=\"{step - 1:0.##}\" height=\"{height:0.##}\"><title>{count} {(count == 1 ? one : many)}</title></rect>");
        }
    }
}
