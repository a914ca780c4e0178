using EmPipeline.Catalog;
using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages.Catalog;

/// <summary>What the raw files and registries state of a complete dataset or label, as catalogue rows.</summary>
internal static class AttributeSource
{
    /// <summary>Read anew at each enumeration, and never held whole.</summary>
    public static IEnumerable<AttributeRow> Read(DatasetDefinition unit, DataFolder data)
    {
        var (dataset, label) = unit.Label is { } own ? (own.Image, $"{own.Origin}/{own.Name}") : (unit.Name, null);
        return Ledger.Read(data.LedgerFile(unit.Name, Stage.ExtractMetadata))!.ReadAttributes().Select(attribute => new AttributeRow
        {
            Dataset = dataset,
            Label = label,
            File = attribute.File,
            Part = attribute.Part,
            Path = attribute.Path,
            Type = attribute.Type,
            Value = attribute.Value,
            Unit = attribute.Unit,
            Occurrences = attribute.Count,
            Length = attribute.Length,
            Sha256 = attribute.Sha256,
        });
    }
}
