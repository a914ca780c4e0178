using NJsonSchema;
using NJsonSchema.Validation;

namespace EmPipeline.Stages.Configuration;

/// <summary>Holds a configuration to <c>docs/pipeline.schema.json</c> and reports what is wrong.</summary>
internal static class ConfigSchema
{
    private static readonly Lazy<JsonSchema> Schema = new(() =>
    {
        using var text = new StreamReader(typeof(ConfigSchema).Assembly.GetManifestResourceStream("pipeline.schema.json")!);
        return JsonSchema.FromJsonAsync(text.ReadToEnd()).GetAwaiter().GetResult();
    });

    public static void Check(ConfigDocument document)
    {
        foreach (var error in Schema.Value.Validate(document.Root.ToJsonString()).SelectMany(Leaves))
            Describe(document, error);
    }

    // A violation below 'additionalProperties' or an array is wrapped; the innermost ones say what a person has to change.
    private static IEnumerable<ValidationError> Leaves(ValidationError error) =>
        error is ChildSchemaValidationError wrapped ? wrapped.Errors.Values.SelectMany(errors => errors).SelectMany(Leaves) : [error];

    private static void Describe(ConfigDocument document, ValidationError error)
    {
        var path = (error.Path ?? "").TrimStart('#', '/').Replace("/", ".", StringComparison.Ordinal);
        var schema = error.Schema.ActualSchema;
        var (got, expected) = error.Kind switch
        {
            ValidationErrorKind.NoAdditionalPropertiesAllowed => ("an unknown key", "one of " + string.Join(", ", schema.Properties.Keys.Order(StringComparer.Ordinal))),
            ValidationErrorKind.PropertyRequired => ("no such key", Expectation(schema.Properties[error.Property!].ActualSchema)),
            _ => (Got(document, path), Expectation(schema)),
        };
        document.Report(path, got, expected);
    }

    private static string Expectation(JsonSchema schema) => schema.Description ?? schema.Type.ToString().ToLowerInvariant();

    private static string Got(ConfigDocument document, string path)
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
