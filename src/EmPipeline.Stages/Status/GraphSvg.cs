using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace EmPipeline.Stages.Status;

/// <summary>The graph as a picture: a row a dataset, a column a stage, the catalogue at the end. One file without scripts or other resources.</summary>
public static class GraphSvg
{
    private const int BoxWidth = 216;
    private const int BoxHeight = 46;
    private const int Gap = 44;
    private const int RowHeight = 70;
    private const int Margin = 24;
    private const int Top = 64;
    private const int LetterWidth = 8;
    private const int LongestReason = 32;
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <param name="title">What it is of, such as the data folder.</param>
    public static string Of(IReadOnlyList<GraphNode> nodes, string title)
    {
        var datasets = nodes.Where(node => IsStage(node)).Select(node => node.Row.Dataset).Distinct().ToList();
        var left = Margin + (datasets.Select(name => name.Length).DefaultIfEmpty(0).Max() * LetterWidth) + 34;
        var places = nodes.ToDictionary(node => (node.Row.Dataset, node.Row.Stage), node => Place(node, datasets, left));
        var width = places.Values.Max(place => place.X) + BoxWidth + Margin;
        var height = Top + (datasets.Count * RowHeight) + Margin;
        var picture = new XElement(
            Svg + "svg", new XAttribute("viewBox", $"0 0 {width} {height}"), new XAttribute("width", width), new XAttribute("height", height), new XAttribute("role", "img"),
            new XElement(Svg + "title", Clean(title)), new XElement(Svg + "style", Style), new XElement(Svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("class", "ground")),
            new XElement(Svg + "defs", new XElement(
                Svg + "marker", new XAttribute("id", "tip"), new XAttribute("viewBox", "0 0 8 8"), new XAttribute("refX", 8), new XAttribute("refY", 4), new XAttribute("markerWidth", 7), new XAttribute("markerHeight", 7), new XAttribute("orient", "auto"),
                new XElement(Svg + "path", new XAttribute("d", "M0,0L8,4L0,8z")))),
            Text(Margin, 28, title, "head"),
            nodes.SelectMany(node => node.After.Select(before => Arrow(places[before], places[(node.Row.Dataset, node.Row.Stage)], before.Dataset == node.Row.Dataset || !IsStage(node)))),
            datasets.Select((name, row) => Text(Margin, Top + (row * RowHeight) + (BoxHeight / 2) + 5, name, "name")),
            nodes.Select(node => Box(node, places[(node.Row.Dataset, node.Row.Stage)])));
        return new XDeclaration("1.0", "utf-8", null) + "\n" + picture + "\n";
    }

    private const string Style =
        "text{font-family:system-ui,sans-serif;font-size:13px;fill:#1c2733}.ground{fill:#fff}.head{font-size:15px;font-weight:600}.name{font-family:ui-monospace,monospace}.why{font-size:11px}" +
        ".done{fill:#e3f3e6;stroke:#2e7d43}.todo{fill:#fde7e3;stroke:#b3402a}.waits{fill:#fff4d6;stroke:#a77b13}.arrow{fill:none;stroke:#7a8794;stroke-width:1.4;marker-end:url(#tip)}.other{stroke-dasharray:4 3}marker path{fill:#7a8794}";

    private static (int X, int Y) Place(GraphNode node, List<string> datasets, int left)
    {
        var column = IsStage(node) ? Column(node) : Stage.All.Count;
        var y = IsStage(node) ? Top + (datasets.IndexOf(node.Row.Dataset) * RowHeight) : Top + (Math.Max(0, datasets.Count - 1) * RowHeight / 2);
        return (left + (column * (BoxWidth + Gap)), y);
    }

    private static XElement Box(GraphNode node, (int X, int Y) place)
    {
        var (name, says) = node.Row.UpToDate ? ("done", "up to date") : (node.Row.Waits ? "waits" : "todo", node.Row.Reason!);
        return new XElement(
            Svg + "g", new XAttribute("class", "stage"), new XElement(Svg + "title", Clean($"{node.Row.Stage} of {node.Row.Dataset}: {says}")),
            new XElement(Svg + "rect", new XAttribute("x", place.X), new XAttribute("y", place.Y), new XAttribute("width", BoxWidth), new XAttribute("height", BoxHeight), new XAttribute("rx", 7), new XAttribute("class", name)),
            Text(place.X + 10, place.Y + 19, node.Row.Stage, null), Text(place.X + 10, place.Y + 36, says.Length <= LongestReason ? says : says[..(LongestReason - 1)] + "…", "why"));
    }

    /// <summary>From box to box: along a row, or down to that of another dataset.</summary>
    private static XElement Arrow((int X, int Y) from, (int X, int Y) to, bool along)
    {
        var half = BoxHeight / 2;
        var (x0, y0) = (from.X + BoxWidth, from.Y + half);
        var path = along
            ? FormattableString.Invariant($"M{x0},{y0}C{x0 + (Gap / 2)},{y0} {to.X - (Gap / 2)},{to.Y + half} {to.X},{to.Y + half}")
            : Down(from, to);
        return new XElement(Svg + "path", new XAttribute("class", along ? "arrow" : "arrow other"), new XAttribute("d", path));
    }

    // Out of the bottom or top, along between the rows, down before the column of the other, and in from between its rows: behind no box.
    private static string Down((int X, int Y) from, (int X, int Y) to)
    {
        var isBelow = to.Y > from.Y;
        var between = (RowHeight - BoxHeight) / 2 * (isBelow ? 1 : -1);
        var (y0, y1) = isBelow ? (from.Y + BoxHeight, to.Y) : (from.Y, to.Y + BoxHeight);
        var before = y0 + between == y1 - between ? "" : FormattableString.Invariant($"H{to.X - (Gap / 2)}V{y1 - between}");
        return FormattableString.Invariant($"M{from.X + (BoxWidth / 2)},{y0}V{y0 + between}{before}H{to.X + (BoxWidth / 2)}V{y1}");
    }

    private static XElement Text(int x, int y, string text, string? name)
    {
        var element = new XElement(Svg + "text", new XAttribute("x", x.ToString(CultureInfo.InvariantCulture)), new XAttribute("y", y.ToString(CultureInfo.InvariantCulture)), Clean(text));
        if (name is not null)
            element.Add(new XAttribute("class", name));
        return element;
    }

    // What no XML can hold is not shown.
    private static string Clean(string text) => new([.. text.Where(XmlConvert.IsXmlChar)]);

    private static bool IsStage(GraphNode node) => Column(node) >= 0;

    private static int Column(GraphNode node) => Stage.All.TakeWhile(stage => stage.Name != node.Row.Stage).Count() is var column && column < Stage.All.Count ? column : -1;
}
