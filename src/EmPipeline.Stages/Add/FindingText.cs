using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Add;

/// <summary>A finding as a person reads it, and as the lines of a configuration.</summary>
internal static class FindingText
{
    // A volume of more than this is meant to be cropped.
    private const long LargeBytes = 16L << 30;
    private const long CropEdge = 1000;
    private const int LongestTitle = 120;

    private static readonly JsonSerializerOptions Text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The dataset's lines of pipeline.yaml, without indentation before its name.</summary>
    public static IReadOnlyList<string> Lines(Finding finding, string name)
    {
        var lines = new List<string>();
        var about = string.Join(", ", ((string?[])[finding.Stated[Fields.Title], finding.Stated[Fields.Technique]]).OfType<string>().Where(text => text.Length > 0));
        if (about.Length > 0)
            lines.Add("# " + OneLine(about));
        lines.Add($"{name}:");
        lines.Add($"  source: {Flow(finding.Source)}");
        if (IsLarge(finding) && finding.Shape is { } shape)
            lines.Add($"  crop: {{ shape: [{string.Join(", ", shape.ToArray().Select(edge => Math.Min(edge, CropEdge)))}], origin: random, seed: 1, tissue: 0.9 }}");
        if (finding.Licence is { } licence)
            lines.Add($"  facts: {{ licence: {Scalar(licence)} }}");
        return lines;
    }

    /// <summary>What was found, a line a fact.</summary>
    public static IEnumerable<string> Facts(Finding finding)
    {
        if (finding.Stated[Fields.Title] is { } title)
            yield return Row("title", OneLine(title));
        var addresses = finding.Resolved.Addresses;
        yield return Row(finding.Resolved.Kind == SourceKind.Http && finding.Resolved.Level is null ? "files" : "address", addresses.Count == 1
            ? addresses[0] + (finding.Resolved.Level is { } level ? $" ({level})" : "")
            : $"{addresses.Count}, {addresses[0]} to {addresses[^1][(addresses[^1].LastIndexOf('/') + 1)..]}");
        yield return Row("size", (finding.FileBytes, finding.DecodedBytes) switch
        {
            ({ } files, _) => (finding.IsEstimate ? "about " : "") + Bytes(files),
            (null, { } decoded) => Bytes(decoded) + " uncompressed",
            _ => "not known before it is fetched",
        });
        yield return Row("voxels", finding.Shape is { } shape ? $"{shape} {finding.Stated[Fields.DataType]}{Origin(finding, Fields.ShapeX)}" : "not known before it is fetched");
        var size = finding.Stated.VoxelSize;
        yield return Row("voxel size", size == VoxelSize.Unknown ? "nothing states it: add voxel_size_z_nm, voxel_size_y_nm and voxel_size_x_nm to facts" : $"{size} ({finding.Stated.VoxelSizeOrigin})");
        yield return Row("licence", finding.Licence ?? "nothing states it: look at the entry's page");
        foreach (var conflict in finding.Stated.Conflicts)
            yield return Row("conflict", $"{conflict.Field}: {conflict.ChosenValue} ({conflict.ChosenOrigin}), not {conflict.OtherValue} ({conflict.OtherOrigin}): {conflict.Rule}");
        if (IsLarge(finding))
            yield return Row("note", "of a volume this large a random crop is proposed; change it, or take the line out for all of it");
        foreach (var note in finding.Notes)
            yield return Row("note", note);
    }

    /// <summary>Decimal units.</summary>
    public static string Bytes(double bytes)
    {
        string[] names = ["B", "kB", "MB", "GB", "TB", "PB"];
        var unit = 0;
        for (; bytes >= 1000 && unit < names.Length - 1; unit++)
            bytes /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {names[unit]}");
    }

    private static bool IsLarge(Finding finding) => finding.DecodedBytes > LargeBytes && (finding.Resolved.Kind != SourceKind.Http || finding.Resolved.Level is not null);

    private static string Origin(Finding finding, string field) => finding.Stated.Metadata.FirstOrDefault(row => row.Chosen && row.Field == field) is { } row ? $" ({row.Origin})" : "";

    // What a registry says is shown as text: without breaks or control characters, and not at any length.
    private static string OneLine(string text)
    {
        text = string.Join(' ', new string([.. text.Select(c => char.IsControl(c) || char.IsSurrogate(c) || char.IsSeparator(c) ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= LongestTitle ? text : text[..(LongestTitle - 1)] + "…";
    }

    // Flow style; a text in JSON's quotes is one in YAML's.
    private static string Flow(JsonObject map) => "{ " + string.Join(", ", map.Select(pair => $"{pair.Key}: {Value(pair)}")) + " }";

    private static string Value(KeyValuePair<string, JsonNode?> pair) =>
        pair is { Key: "openorganelle" or "array" or "layer", Value: JsonValue text } && text.TryGetValue<string>(out var name) ? Scalar(name) : pair.Value!.ToJsonString(Text);

    // Names stand as they are, everything else in quotes.
    private static string Scalar(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') && text is not ("true" or "false" or "null")
            ? text
            : JsonSerializer.Serialize(text, Text);

    private static string Row(string name, string value) => $"  {name,-11} {value}";
}
