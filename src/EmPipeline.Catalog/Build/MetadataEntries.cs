using System.Globalization;
using System.Text.Json.Serialization;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Build;

// What the objects of metadata.json hold; members stand in the order of their keys, which is the alphabet's.

internal sealed record CropEntry(long[] Origin, long[] Shape);

/// <param name="Value">A number where the field is one and the text could be read as one; else the text that was stated.</param>
internal sealed record ValueEntry(string Origin, string Stated, string? Unit, object? Value)
{
    public static ValueEntry Of(MetadataRecord row) => new(row.Origin, row.Stated, row.Unit, ValueOf(row));

    private static object? ValueOf(MetadataRecord row) =>
        Fields.Find(row.Field) is { IsNumeric: true } && double.TryParse(row.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : row.Value;
}

internal sealed record ConflictEntry(string Origin, string Rule, string Value)
{
    public static ConflictEntry Of(ConflictRecord row) => new(row.OtherOrigin, row.Rule, row.OtherValue);
}

internal sealed record FieldEntry(
    IEnumerable<ValueEntry> AlsoStated, IEnumerable<ConflictEntry> Conflicts, string Origin, string Stated, string? Unit, object? Value);

internal sealed record FileEntry(
    [property: JsonPropertyName("etag")] string? ETag, string? Key, long Length, string? PublishedChecksum, string? Sha256, string? SourceUrl)
{
    public static FileEntry Of(FileRecord file) => new(file.ETag, file.Key, file.Length, file.PublishedChecksum, file.Sha256, file.SourceUrl);
}

internal sealed record LabelEntry(
    string? Annotation, double[] CentreZyxNm, IEnumerable<string> Classes, string Dtype, string Kind, string? Licence, string Name, string Origin, string Path, long[] ShapeZyx, string Source,
    double?[] VoxelSizeZyxNm)
{
    /// <param name="label">Its level 0.</param>
    public static LabelEntry Of(LabelVolumeRecord label, IEnumerable<LabelClassRecord> classes) => new(
        label.Annotation, [label.Centre.Z, label.Centre.Y, label.Centre.X],
        classes.Where(row => (row.Dataset, row.Origin, row.Label) == (label.Dataset, label.Origin, label.Label)).Select(row => row.Class).OfType<string>().Distinct().Order(StringComparer.Ordinal),
        label.Type.Name(), label.Kind, label.Licence, label.Label, label.Origin, label.Path, label.Shape.ToArray(), label.Source,
        [label.VoxelSize.Z, label.VoxelSize.Y, label.VoxelSize.X]);
}

internal sealed record VolumeEntry(
    long[] ChunkZyx, string Codec, string Dtype, int Level, string Path, long[] ShapeZyx, long[] ShardZyx, long StoredBytes, double?[] VoxelSizeZyxNm)
{
    public static VolumeEntry Of(VolumeRecord volume) => new(
        volume.Chunk.ToArray(), volume.Codec, volume.Type.Name(), volume.Level, volume.Path, volume.Shape.ToArray(), volume.Shard.ToArray(), volume.StoredBytes,
        [volume.VoxelSize.Z, volume.VoxelSize.Y, volume.VoxelSize.X]);
}
