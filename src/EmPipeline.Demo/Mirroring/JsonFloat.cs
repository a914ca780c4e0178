using System.Globalization;
using System.Text.Json.Nodes;

namespace EmPipeline.Demo.Mirroring;

/// <summary>Numbers as Python writes floats: "80.0", not "80", so that readers meet what the sources send.</summary>
internal static class JsonFloat
{
    public static JsonNode Of(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return JsonNode.Parse(double.IsInteger(value) ? text + ".0" : text)!;
    }
}
