using System.Globalization;
using System.Text.Json.Nodes;

namespace EmPipeline.Stages.Configuration;

/// <summary>What holds for a label beyond the schema and beyond what holds for every source.</summary>
/// <param name="path">The label's place in the document.</param>
internal sealed class LabelRules(ConfigDocument document, string path)
{
    private const string NameExpected = "a name of a-z, 0-9, '-' and '_': it becomes a folder, and a column of the catalogue";

    /// <param name="keys">The label's keys, but for those that break the schema.</param>
    public void Check(string name, JsonObject keys)
    {
        if (!IsName(name))
            document.Report(path, $"'{name}'", NameExpected);
        var isClasses = (string?)keys["kind"] == "classes";
        if (isClasses && keys["classes"] is not JsonObject { Count: > 0 } && !document.IsWrong($"{path}.classes"))
            document.Report($"{path}.classes", "none", "a map from value to class, such as { 1: mitochondria }, for kind classes");
        if ((string?)keys["kind"] == "instances" && keys.ContainsKey("classes"))
            document.Report($"{path}.classes", "classes for kind instances", "none: every value is an object of the class that is named like the label");
        foreach (var (value, meaning) in keys["classes"] as JsonObject ?? [])
        {
            if (!IsId(value))
                document.Report($"{path}.classes.{value}", $"'{value}'", "an integer that a voxel can hold, -2^63 to 2^64 - 1");
            if ((string?)meaning is { } text && !IsName(text))
                document.Report($"{path}.classes.{value}", $"'{text}'", NameExpected);
        }

        var unknown = (keys["unknown"] as JsonArray ?? []).Select(value => value!.ToString()).ToList();
        for (var i = 0; i < unknown.Count; i++)
        {
            if (!IsId(unknown[i]))
                document.Report($"{path}.unknown[{i}]", unknown[i], "an integer that a voxel can hold, -2^63 to 2^64 - 1");
            else if ((keys["classes"] as JsonObject)?.ContainsKey(unknown[i]) == true)
                document.Report($"{path}.unknown[{i}]", $"{unknown[i]}, which is a class too", "a value that means nothing else");
        }
    }

    private static bool IsName(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    // In the shortest form, so that "1" and "01" are not two.
    private static bool IsId(string text) =>
        Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) && id >= long.MinValue && id <= ulong.MaxValue
        && id.ToString(CultureInfo.InvariantCulture) == text;
}
