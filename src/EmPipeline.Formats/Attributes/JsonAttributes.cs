using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Formats.Attributes;

/// <summary>
/// A JSON file value by value, each under its path ("multiscales[0].axes[2].unit"); a list of numbers is one value. A unit is taken from where the
/// members beside a value name it: "Unit" beside "Value" (OMERO), "units" beside "scale" or "voxel_size".
/// </summary>
public static class JsonAttributes
{
    // A file of metadata may hold a table of everything; the start tells what a catalogue wants.
    private const int MostValues = 100_000;

    private static readonly string[] UnitNames = ["Unit", "unit", "units", "Symbol"];
    private static readonly string[] MeasureNames = ["Value", "value", "scale", "translate", "voxel_size", "resolution"];

    /// <exception cref="EmException">There is no such file, or it holds no JSON.</exception>
    public static async IAsyncEnumerable<StoredAttribute> ReadAsync(VolumePath file, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var json = await JsonFile.ReadAsync(file, cancellation) ?? throw EmException.Unavailable(file.ToString(), "got nothing there, expected a JSON file.");
        var count = 0;
        foreach (var value in Of(json.Element, "", null))
        {
            if (++count > MostValues)
            {
                yield return StoredAttribute.OfText("", "not read", $"more than {MostValues} values");
                yield break;
            }

            yield return value;
        }
    }

    private static IEnumerable<StoredAttribute> Of(JsonElement element, string path, string? unit)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when element.EnumerateObject().Any():
                var stated = UnitOf(element);
                foreach (var member in element.EnumerateObject())
                {
                    foreach (var value in Of(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", MeasureNames.Contains(member.Name) ? stated : null))
                        yield return value;
                }

                break;
            case JsonValueKind.Array when element.EnumerateArray().Any(item => item.ValueKind is not JsonValueKind.Number):
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    foreach (var value in Of(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), null))
                        yield return value;
                    index++;
                }

                break;
            case JsonValueKind.Array when element.GetArrayLength() > 0:
                yield return StoredAttribute.OfText(path, "numbers", string.Join(", ", element.EnumerateArray().Select(number => number.GetRawText())), unit);
                break;
            case JsonValueKind.String:
                yield return StoredAttribute.OfText(path, "string", element.GetString()!);
                break;
            default:
                yield return StoredAttribute.OfText(path, TypeOf(element.ValueKind), element.GetRawText(), element.ValueKind == JsonValueKind.Number ? unit : null);
                break;
        }
    }

    private static string? UnitOf(JsonElement element)
    {
        foreach (var name in UnitNames)
        {
            if (!element.TryGetProperty(name, out var unit))
                continue;
            if (unit.ValueKind == JsonValueKind.String)
                return unit.GetString();
            if (unit.ValueKind == JsonValueKind.Array && unit.GetArrayLength() > 0 && unit.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String))
                return string.Join(", ", unit.EnumerateArray().Select(one => one.GetString()).Distinct());
        }

        return null;
    }

    private static string TypeOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        _ => "null",
    };
}
