using System.Text.Encodings.Web;
using System.Text.Json;

namespace EmPipeline.Catalog.Build;

/// <summary>Everything consolidated, with its provenance: sorted keys, indented, UTF-8, the same content the same bytes.</summary>
internal static class MetadataJson
{
    private const int FlushBytes = 1 << 16;

    // Written to a file, never into a page: µ and Å stay readable.
    private static readonly JsonWriterOptions Layout = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = Layout.Encoder };

    public static void Write(CatalogContent content, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, Layout);
        json.WriteStartObject();
        using var files = content.Files.GetEnumerator();
        var more = files.MoveNext();
        foreach (var dataset in content.Datasets)
        {
            json.WriteStartObject(dataset.Name);
            if (dataset.CropOrigin is { } origin && dataset.CropShape is { } shape)
                Member("crop", new CropEntry(origin.ToArray(), shape.ToArray()));
            Member("fields", FieldsOf(content, dataset.Name));
            json.WriteStartArray("files");
            // Datasets and files come in the same order: one pass, and the writer's buffer is emptied as it goes.
            for (; more && files.Current.Dataset == dataset.Name; more = files.MoveNext())
            {
                JsonSerializer.Serialize(json, FileEntry.Of(files.Current), Names);
                if (json.BytesPending > FlushBytes)
                    json.Flush();
            }

            json.WriteEndArray();
            json.WriteString("format", dataset.Format);
            var labels = content.LabelVolumes.Where(row => row.Dataset == dataset.Name && row.Level == 0).Select(row => LabelEntry.Of(row, content.LabelClasses)).ToList();
            if (labels.Count > 0)
                Member("labels", labels);
            json.WriteString("source", dataset.Source);
            Member("volumes", content.Volumes.Where(row => row.Dataset == dataset.Name).Select(VolumeEntry.Of));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');

        void Member<T>(string name, T value)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value, Names);
        }
    }

    /// <summary>By the fields' names as they are; a field of which nothing was chosen is an empty object.</summary>
    private static Dictionary<string, object> FieldsOf(CatalogContent content, string dataset)
    {
        var conflicts = content.Conflicts.Where(row => row.Dataset == dataset).ToLookup(row => row.Field);
        var fields = new Dictionary<string, object>();
        foreach (var field in content.Metadata.Where(row => row.Dataset == dataset).GroupBy(row => row.Field))
        {
            fields[field.Key] = field.FirstOrDefault(row => row.Chosen) is { } chosen && ValueEntry.Of(chosen) is var value
                ? new FieldEntry(
                    field.Where(row => !row.Chosen).Select(ValueEntry.Of), conflicts[field.Key].Select(ConflictEntry.Of), value.Origin, value.Stated, value.Unit, value.Value)
                : new object();
        }

        return fields;
    }
}
