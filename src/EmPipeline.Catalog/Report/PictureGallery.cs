using System.Globalization;
using System.Text;

namespace EmPipeline.Catalog.Report;

/// <summary>The middle planes of a dataset, true to the voxels' shape, with a scale bar and, to be switched on and off, its labels. Without scripts.</summary>
internal static class PictureGallery
{
    private const double Side = 380, ThinnestSide = 28, LowestWithBar = 60, NarrowestWithBar = 140;

    public static void Append(StringBuilder page, DatasetPictures? pictures)
    {
        if (pictures is null)
            return;
        if (pictures.Problem is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"none\">{Html.Encode(pictures.Problem)}</p>\n");
            return;
        }

        page.Append("<div class=\"pictures\">");
        var labels = pictures.Planes.SelectMany(plane => plane.Labels).Select(label => label.Label).Distinct().ToList();
        for (var i = 0; i < labels.Count; i++)
        {
            var id = $"{Html.Encode(pictures.Dataset)}-label-{i}";
            page.Append(CultureInfo.InvariantCulture, $"<input type=\"checkbox\" class=\"l{i}\" id=\"{id}\"{(i == 0 ? " checked" : "")}><label for=\"{id}\">{Html.Encode(labels[i])}</label>");
        }

        page.Append("<div class=\"planes\">\n");
        // One scale for all three, so that they can be held against each other.
        var unit = Side / pictures.Planes.Max(plane => Math.Max(plane.Across, plane.Down));
        foreach (var plane in pictures.Planes)
            AppendPlane(page, pictures, plane, unit, labels);
        page.Append("<figure>").Append(SvgHistogram.Render(new Histogram(pictures.Least, pictures.Most, pictures.Counts), "Grey values of these planes", "pixel", "pixels"));
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">Of level {pictures.Level}. Black is {Html.Number(pictures.Low)}, white {Html.Number(pictures.High)}: the 1st and 99th percentile.</p></figure>\n</div></div>\n");
    }

    private static void AppendPlane(StringBuilder page, DatasetPictures pictures, PlanePicture plane, double unit, List<string> labels)
    {
        // A few thick sections would be a line: said where they are drawn thicker.
        var (width, height) = (Math.Max(ThinnestSide, plane.Across * unit), Math.Max(ThinnestSide, plane.Down * unit));
        var stretched = Math.Max(width / (plane.Across * unit), height / (plane.Down * unit));
        var third = "zyx".First(axis => !plane.Axes.Contains(axis, StringComparison.Ordinal));
        var caption = $"{plane.Axes} at {third} = {plane.Index.ToString("#,0", CultureInfo.InvariantCulture)}";
        if (stretched > 1.001)
            caption += string.Create(CultureInfo.InvariantCulture, $", drawn {stretched:0.#} times thicker");
        var name = Html.Encode($"{pictures.Dataset}, plane {caption}");
        page.Append(CultureInfo.InvariantCulture, $"<figure class=\"plane\"><svg role=\"img\" aria-label=\"{name}\" viewBox=\"0 0 {width:0.#} {height:0.#}\" style=\"width:{width:0.#}px\">");
        AppendImage(page, "", "jpeg", plane.Jpeg, width, height);
        foreach (var (label, png) in plane.Labels)
            AppendImage(page, $" class=\"l{labels.IndexOf(label)}\"", "png", png, width, height);
        if (plane.InNanometres && height >= LowestWithBar && width >= NarrowestWithBar)
            AppendBar(page, width, height, unit);
        page.Append(CultureInfo.InvariantCulture, $"</svg><figcaption>{Html.Encode(caption)}</figcaption></figure>\n");
    }

    private static void AppendImage(StringBuilder page, string attributes, string kind, ReadOnlyMemory<byte> bytes, double width, double height) => page.Append(
        CultureInfo.InvariantCulture,
        $"<image{attributes} width=\"{width:0.#}\" height=\"{height:0.#}\" preserveAspectRatio=\"none\" href=\"data:image/{kind};base64,{Convert.ToBase64String(bytes.Span)}\"/>");

    /// <summary>The longest of 1, 2, 5 × 10ⁿ nm that takes at most a third of the picture.</summary>
    private static void AppendBar(StringBuilder page, double width, double height, double unit)
    {
        var most = width / 3 / unit;
        var power = Math.Pow(10, Math.Floor(Math.Log10(most)));
        var length = power * (most / power >= 5 ? 5 : most / power >= 2 ? 2 : 1);
        var text = length >= 1e6 ? $"{Number(length / 1e6)} mm" : length >= 1000 ? $"{Number(length / 1000)} µm" : $"{Number(length)} nm";
        page.Append(
            CultureInfo.InvariantCulture,
            $"<g class=\"bar\"><rect x=\"12\" y=\"{height - 16:0.#}\" width=\"{length * unit:0.#}\" height=\"4\"/><text x=\"{12 + (length * unit / 2):0.#}\" y=\"{height - 21:0.#}\" text-anchor=\"middle\">{text}</text></g>");
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
