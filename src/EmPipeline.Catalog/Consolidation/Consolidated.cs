using System.Globalization;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Consolidation;

/// <summary>What the claims about one dataset come to.</summary>
/// <param name="Metadata">Every claim, most believed first within its field; one of each field is chosen.</param>
/// <param name="Conflicts">Every claim that states another fact than the chosen one.</param>
public sealed record Consolidated(IReadOnlyList<MetadataRecord> Metadata, IReadOnlyList<ConflictRecord> Conflicts)
{
    /// <summary>The chosen value of <paramref name="field"/>, in the field's unit; null when nothing states it.</summary>
    public string? this[string field] => Metadata.FirstOrDefault(row => row.Chosen && row.Field == field)?.Value;

    /// <summary>The chosen voxel size; unknown on the axes for which nothing states a number.</summary>
    public VoxelSize VoxelSize => new(Number(Fields.VoxelSizeZ), Number(Fields.VoxelSizeY), Number(Fields.VoxelSizeX));

    /// <summary>What states the chosen voxel size, each origin once; null when nothing does.</summary>
    public string? VoxelSizeOrigin
    {
        get
        {
            string[] fields = [Fields.VoxelSizeZ, Fields.VoxelSizeY, Fields.VoxelSizeX];
            var origins = Metadata.Where(row => row.Chosen && fields.Contains(row.Field)).Select(row => row.Origin).Distinct().ToList();
            return origins.Count == 0 ? null : string.Join("; ", origins);
        }
    }

    private double? Number(string field) =>
        double.TryParse(this[field], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The dataset's row, its descriptive columns filled from the chosen values.</summary>
    public DatasetRecord ToDatasetRecord(string name, string source, string format) => new()
    {
        Name = name,
        Source = source,
        Format = format,
        Title = this[Fields.Title],
        Licence = this[Fields.Licence],
        Doi = this[Fields.Doi],
        Description = this[Fields.Description],
        Organism = this[Fields.Organism],
        Specimen = this[Fields.Specimen],
        Technique = this[Fields.Technique],
        Institution = this[Fields.Institution],
        AcquisitionDate = this[Fields.AcquisitionDate],
    };
}
