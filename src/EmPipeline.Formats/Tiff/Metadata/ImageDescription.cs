using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using EmPipeline.Formats.Attributes;

namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>The values inside the text of an ImageDescription: ImageJ's lines, OME-XML's elements and attributes.</summary>
internal static partial class ImageDescription
{
    // OME-XML lists every plane; what comes after so many values says the same of further ones.
    private const int MostValues = 20_000;

    private static readonly string[] ImageJLengths = ["spacing", "xorigin", "yorigin", "zorigin"];

    public static IEnumerable<StoredAttribute> ValuesOf(TiffTag tag, string text)
    {
        if (tag != TiffTag.ImageDescription)
            return [];
        return text.StartsWith("ImageJ=", StringComparison.Ordinal) ? ImageJ(text) : text.TrimEnd().EndsWith("OME>", StringComparison.Ordinal) ? Ome(text) : [];
    }

    private static IEnumerable<StoredAttribute> ImageJ(string text)
    {
        var lines = text.Split('\n').Select(line => line.Trim().Split('=', 2)).Where(line => line.Length == 2).Take(MostValues).ToList();
        var unit = lines.Find(line => line[0] == "unit") is { } stated ? Unescape(stated[1]) : null;
        foreach (var line in lines)
            yield return StoredAttribute.OfText($"ImageDescription.{line[0]}", "ImageJ", line[1], ImageJLengths.Contains(line[0]) ? unit : null);
    }

    /// <summary>ImageJ writes characters beyond ASCII as Java source does: \u00B5m.</summary>
    private static string Unescape(string text) =>
        Escape().Replace(text, match => ((char)int.Parse(match.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());

    private static IEnumerable<StoredAttribute> Ome(string text)
    {
        // No document type: entities could name files or grow without bound.
        using var xml = XmlReader.Create(new StringReader(text.TrimStart('\uFEFF')), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        var places = new Stack<(string Path, Dictionary<string, int> Children)>();
        places.Push(("ImageDescription", []));
        var count = 0;
        while (TryRead(xml))
        {
            if (xml.NodeType == XmlNodeType.Element)
            {
                var path = Enter(places, xml.LocalName);
                foreach (var value in AttributesOf(xml, path))
                    yield return value;
                count += 1 + xml.AttributeCount;
                if (xml.IsEmptyElement)
                    places.Pop();
            }
            else if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                count++;
                yield return StoredAttribute.OfText(places.Peek().Path, "OME-XML", xml.Value);
            }
            else if (xml.NodeType == XmlNodeType.EndElement)
                places.Pop();

            if (count <= MostValues)
                continue;
            yield return StoredAttribute.OfText("ImageDescription", "not read", $"more than {MostValues} values");
            yield break;
        }
    }

    private static string Enter(Stack<(string Path, Dictionary<string, int> Children)> places, string name)
    {
        var (outer, children) = places.Peek();
        children[name] = children.GetValueOrDefault(name) + 1;
        // As XPath counts, but from 0 like every other list here; the first needs no number.
        var path = children[name] == 1 ? $"{outer}.{name}" : string.Create(CultureInfo.InvariantCulture, $"{outer}.{name}[{children[name] - 1}]");
        places.Push((path, []));
        return path;
    }

    private static List<StoredAttribute> AttributesOf(XmlReader xml, string path)
    {
        var values = new List<StoredAttribute>();
        for (var i = 0; i < xml.AttributeCount; i++)
        {
            xml.MoveToAttribute(i);
            if (xml.Prefix == "xmlns" || xml.LocalName == "xmlns")
                continue;
            values.Add(StoredAttribute.OfText($"{path}@{xml.LocalName}", "OME-XML", xml.Value, xml.GetAttribute(xml.LocalName + "Unit")));
        }

        xml.MoveToElement();
        return values;
    }

    // Damaged XML ends where it is damaged; the text as a whole is a value of its own.
    private static bool TryRead(XmlReader xml)
    {
        try
        {
            return xml.Read();
        }
        catch (XmlException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\\u[0-9A-Fa-f]{4}")]
    private static partial Regex Escape();
}
