using System.Text.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Json;

/// <summary>Lists a JSON value's texts, numbers and truths, each with its path, for <see cref="VolumeInfo.Metadata"/>.</summary>
internal static class JsonLeaves
{
    private const int MaxLeaves = 2000;

    /// <param name="origin">The file's name, as <see cref="MetadataValue.Origin"/>.</param>
    /// <param name="skip">Members of the outermost object that are left out.</param>
    public static IEnumerable<MetadataValue> Of(JsonField field, string origin, params string[] skip) =>
        Leaves(field)
            .Where(leaf => !skip.Any(name => leaf.Path == name || leaf.Path.StartsWith(name + ".", StringComparison.Ordinal) || leaf.Path.StartsWith(name + "[", StringComparison.Ordinal)))
            .Select(leaf => new MetadataValue(leaf.Path, leaf.AsText() ?? leaf.Element.GetRawText(), origin))
            .Take(MaxLeaves);

    private static IEnumerable<JsonField> Leaves(JsonField field) => field.Element.ValueKind switch
    {
        JsonValueKind.Object => field.Element.EnumerateObject().SelectMany(member => field.Find(member.Name) is { } found ? Leaves(found) : []),
        // A list of numbers reads better, and joins better, as one value.
        JsonValueKind.Array when field.AsNumbers() is { Length: > 0 } => [field],
        JsonValueKind.Array => field.Items().SelectMany(Leaves),
        JsonValueKind.Null or JsonValueKind.Undefined => [],
        _ => [field],
    };
}
