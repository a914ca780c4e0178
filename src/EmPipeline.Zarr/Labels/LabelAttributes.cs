using System.Text.Json.Nodes;
using EmPipeline.Volumes.Labels;

namespace EmPipeline.Zarr.Labels;

/// <summary>
/// What a label's group says of it: <c>image-label</c> of OME-NGFF 0.5, the annotation attributes of CellMap, and the whole scheme, which neither
/// of the two can say (several values a class, several that are unknown), as our own.
/// </summary>
internal static class LabelAttributes
{
    // labels, origin, name: the image's group is three above.
    private const string Image = "../../../";

    /// <summary>Adds to the group's attributes, which have "ome" and "empipeline" already.</summary>
    public static void Add(JsonObject attributes, LabelDescription label)
    {
        attributes["ome"]!["image-label"] = ImageLabel(label);
        attributes["cellmap"] = new JsonObject { ["annotation"] = Annotation(label) };
        attributes["empipeline"]!["label"] = new JsonObject
        {
            ["origin"] = label.Origin,
            ["kind"] = Kind(label),
            ["annotation"] = label.Annotation,
            ["classes"] = new JsonObject(label.Scheme.Classes.OrderBy(pair => pair.Key).Select(pair => KeyValuePair.Create(pair.Key.ToString(), (JsonNode?)pair.Value))),
            ["unknown"] = new JsonArray([.. label.Scheme.Unknown.Select(Number)]),
        };
    }

    private static string Kind(LabelDescription label) => label.Scheme.Kind == LabelKind.Instances ? "instances" : "classes";

    /// <summary>Colours only for classes: objects are told apart by whatever a viewer makes of their numbers.</summary>
    private static JsonObject ImageLabel(LabelDescription label)
    {
        var image = new JsonObject { ["version"] = "0.5" };
        var classes = label.Scheme.Classes.OrderBy(pair => pair.Key).ToList();
        if (classes.Count > 0)
            image["colors"] = new JsonArray([.. classes.Select(pair => new JsonObject { ["label-value"] = Number(pair.Key), ["rgba"] = Colour(pair.Value, label.Scheme) })]);
        var properties = classes.Select(pair => new JsonObject { ["label-value"] = Number(pair.Key), ["class"] = pair.Value })
            .Concat(label.Scheme.Unknown.Select(value => new JsonObject { ["label-value"] = Number(value), ["class"] = null, ["known"] = false })).ToArray<JsonNode>();
        if (properties.Length > 0)
            image["properties"] = new JsonArray(properties);
        image["source"] = new JsonObject { ["image"] = Image };
        return image;
    }

    private static JsonObject Annotation(LabelDescription label)
    {
        var encoding = new JsonObject { ["absent"] = 0 };
        if (label.Scheme.Unknown.Count > 0)
            encoding["unknown"] = Number(label.Scheme.Unknown[0]);
        if (label.Scheme.Classes.Count == 1)
            encoding["present"] = Number(label.Scheme.Classes.Keys.Single());
        return new JsonObject
        {
            ["class_name"] = label.Scheme.ClassNames.Count == 1 ? label.Scheme.ClassNames[0] : label.Name,
            ["annotation_type"] = new JsonObject { ["type"] = label.Scheme.Kind == LabelKind.Instances ? "instance_segmentation" : "semantic_segmentation", ["encoding"] = encoding },
        };
    }

    /// <summary>Exact: 64 bits of either sign.</summary>
    private static JsonNode Number(Int128 value) => value < 0 ? JsonValue.Create((long)value) : JsonValue.Create((ulong)value);

    /// <summary>Hues that are far from each other, in the order of the classes.</summary>
    private static JsonArray Colour(string name, LabelScheme scheme)
    {
        const double golden = 0.618033988749895;
        var number = 0;
        while (scheme.ClassNames[number] != name)
            number++;
        var hue = number * golden % 1 * 6;
        return [Part(5), Part(3), Part(1), 255];

        int Part(int shift) => (int)Math.Round(255 * (1 - Math.Clamp(Math.Min((shift + hue) % 6, 4 - ((shift + hue) % 6)), 0, 1)));
    }
}
