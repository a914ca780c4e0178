using EmPipeline.Volumes;
using NJsonSchema;
using NJsonSchema.Validation;

namespace EmPipeline.Stages.Configuration;

/// <summary>Holds a configuration to <c>docs/pipeline.schema.json</c> and words what is wrong.</summary>
internal static class ConfigSchema
{
    private static readonly Lazy<JsonSchema> Schema = new(() =>
    {
        using var text = new StreamReader(typeof(ConfigSchema).Assembly.GetManifestResourceStream("pipeline.schema.json")!);
        return JsonSchema.FromJsonAsync(text.ReadToEnd()).GetAwaiter().GetResult();
    });

    /// <exception cref="EmException">Every violation, a line each: "FILE:LINE: key: got X, expected Y".</exception>
    public static void Check(YamlToJson document)
    {
        var errors = Schema.Value.Validate(document.Root.ToJsonString()).SelectMany(Leaves)
            .Select(error => Describe(document, error)).OrderBy(error => error.Line).Select(error => error.Text).Distinct().ToList();
        if (errors.Count > 0)
            throw new EmException(Fault.Configuration, string.Join('\n', errors));
    }

    // A violation below 'additionalProperties' or an array is wrapped; the innermost ones say what a person has to change.
    private static IEnumerable<ValidationError> Leaves(ValidationError error) =>
        error is ChildSchemaValidationError wrapped ? wrapped.Errors.Values.SelectMany(errors => errors).SelectMany(Leaves) : [error];

    private static (long Line, string Text) Describe(YamlToJson document, ValidationError error)
    {
        var path = (error.Path ?? "").TrimStart('#', '/').Replace("/", ".", StringComparison.Ordinal);
        var line = document.LineOf(path);
        var schema = error.Schema.ActualSchema;
        var key = path.Length == 0 ? "(top)" : path;
        var text = error.Kind switch
        {
            ValidationErrorKind.NoAdditionalPropertiesAllowed =>
                $"{key}: got an unknown key, expected one of {string.Join(", ", schema.Properties.Keys.Order(StringComparer.Ordinal))}.",
            ValidationErrorKind.PropertyRequired => $"{key}: got no such key, expected {Expectation(schema.Properties[error.Property!].ActualSchema)}.",
            _ => $"{key}: got {Got(document, path)}, expected {Expectation(schema)}.",
        };
        return (line, $"{document.File}:{line}: {text}");
    }

    private static string Expectation(JsonSchema schema) => schema.Description ?? schema.Type.ToString().ToLowerInvariant();

    private static string Got(YamlToJson document, string path)
    {
        System.Text.Json.Nodes.JsonNode? node = document.Root;
        foreach (var part in path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            node = node switch
            {
                System.Text.Json.Nodes.JsonObject map => map[part],
                System.Text.Json.Nodes.JsonArray list when int.TryParse(part, out var i) && i < list.Count => list[i],
                _ => node,
            };
        }

        return node?.ToJsonString() ?? "nothing";
    }
}
