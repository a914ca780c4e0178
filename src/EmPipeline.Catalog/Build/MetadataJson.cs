using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Build;

/// <summary>Everything consolidated, with its provenance: sorted keys, indented, UTF-8, the same content the same bytes.</summary>
internal static class MetadataJson
{
    private const int FlushBytes = 1 << 16;

    // Written to a file, never into a page: µ and Å stay readable.
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(CatalogContent content, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, Options);
        json.WriteStartObject();
        using var files = content.Files.GetEnumerator();
        var more = files.MoveNext();
        foreach (var dataset in content.Datasets)
        {
            json.WriteStartObject(dataset.Name);
            if (dataset.CropOrigin is { } origin && dataset.CropShape is { } shape)
            {
                json.WriteStartObject("crop");
                WriteZyx(json, "origin", origin);
                WriteZyx(json, "shape", shape);
                json.WriteEndObject();
            }

            WriteFields(json, content.Metadata.Where(row => row.Dataset == dataset.Name), content.Conflicts.Where(row => row.Dataset == dataset.Name));
            json.WriteStartArray("files");
            // Datasets and files come in the same order: one pass, and the writer's buffer is emptied as it goes.
            for (; more && files.Current.Dataset == dataset.Name; more = files.MoveNext())
            {
                WriteFile(json, files.Current);
                if (json.BytesPending > FlushBytes)
                    json.Flush();
            }

            json.WriteEndArray();
            json.WriteString("format", dataset.Format);
            json.WriteString("source", dataset.Source);
            WriteVolumes(json, content.Volumes.Where(row => row.Dataset == dataset.Name));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    }

    private static void WriteFields(Utf8JsonWriter json, IEnumerable<MetadataRecord> metadata, IEnumerable<ConflictRecord> conflicts)
    {
        var conflicting = conflicts.ToLookup(row => row.Field);
        json.WriteStartObject("fields");
        foreach (var field in metadata.GroupBy(row => row.Field))
        {
            json.WriteStartObject(field.Key);
            if (field.FirstOrDefault(row => row.Chosen) is { } chosen)
            {
                WriteOthers(json, "also_stated", field.Where(row => !row.Chosen));
                WriteConflicts(json, conflicting[field.Key]);
                WriteValue(json, chosen);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteOthers(Utf8JsonWriter json, string name, IEnumerable<MetadataRecord> others)
    {
        json.WriteStartArray(name);
        foreach (var other in others)
        {
            json.WriteStartObject();
            WriteValue(json, other);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteConflicts(Utf8JsonWriter json, IEnumerable<ConflictRecord> conflicts)
    {
        json.WriteStartArray("conflicts");
        foreach (var conflict in conflicts)
        {
            json.WriteStartObject();
            json.WriteString("origin", conflict.OtherOrigin);
            json.WriteString("rule", conflict.Rule);
            json.WriteString("value", conflict.OtherValue);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, MetadataRecord row)
    {
        json.WriteString("origin", row.Origin);
        json.WriteString("stated", row.Stated);
        json.WriteString("unit", row.Unit);
        // A number that could not be read as one stays the text that was stated.
        if (Fields.Find(row.Field) is { IsNumeric: true } && double.TryParse(row.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number))
        {
            json.WriteNumber("value", number);
        }
        else
        {
            json.WriteString("value", row.Value);
        }
    }

    private static void WriteFile(Utf8JsonWriter json, FileRecord file)
    {
        json.WriteStartObject();
        json.WriteString("etag", file.ETag);
        json.WriteString("key", file.Key);
        json.WriteNumber("length", file.Length);
        json.WriteString("published_checksum", file.PublishedChecksum);
        json.WriteString("sha256", file.Sha256);
        json.WriteString("source_url", file.SourceUrl);
        json.WriteEndObject();
    }

    private static void WriteVolumes(Utf8JsonWriter json, IEnumerable<VolumeRecord> volumes)
    {
        json.WriteStartArray("volumes");
        foreach (var volume in volumes)
        {
            json.WriteStartObject();
            WriteZyx(json, "chunk_zyx", volume.Chunk);
            json.WriteString("codec", volume.Codec);
            json.WriteString("dtype", volume.Type.Name());
            json.WriteNumber("level", volume.Level);
            json.WriteString("path", volume.Path);
            WriteZyx(json, "shape_zyx", volume.Shape);
            WriteZyx(json, "shard_zyx", volume.Shard);
            json.WriteNumber("stored_bytes", volume.StoredBytes);
            json.WriteStartArray("voxel_size_zyx_nm");
            foreach (var edge in new[] { volume.VoxelSize.Z, volume.VoxelSize.Y, volume.VoxelSize.X })
            {
                if (edge is { } nm)
                    json.WriteNumberValue(nm);
                else
                    json.WriteNullValue();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteZyx(Utf8JsonWriter json, string name, NdIndex value)
    {
        json.WriteStartArray(name);
        foreach (var extent in value.ToArray())
            json.WriteNumberValue(extent);
        json.WriteEndArray();
    }
}
