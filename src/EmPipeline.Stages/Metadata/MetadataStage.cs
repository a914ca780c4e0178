using System.Globalization;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Formats;
using EmPipeline.Formats.ImageStack;
using EmPipeline.Stages.Download;
using EmPipeline.Stages.Labels;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Registries;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Metadata;

/// <summary>
/// Collects what the voxels' file, registries, pages and the configuration state, each value with where it came from, and chooses by
/// the rule of <see cref="Consolidator"/>. All statements stay; those that contradict the chosen one are conflicts. Beside them it lists all that the
/// files and registries state, chosen from or not.
/// </summary>
internal static class MetadataStage
{
    public static async Task<StageProduct> RunAsync(StageContext context, Ledger download, CancellationToken cancellation)
    {
        var fetched = download.ResultAs<DownloadResult>();
        await using var volume = await SourceVolume.OpenAsync(context, download, cancellation);
        var claims = new List<Claim>();
        claims.AddRange(Configured(context));
        claims.AddRange(VolumeInfoClaims.From(context.Data.Relative(volume.Place), volume.Zyx.Info));
        foreach (var document in fetched.Registry.Where(document => document.Missing is null))
            claims.AddRange(await AnswerAsync(context, document, cancellation));
        claims.AddRange(context.Dataset.Facts.Select(fact => new Claim(fact.Key, fact.Value, null, $"configuration, facts.{fact.Key}", ClaimKind.Page)));

        claims.AddRange(await PlaceWithin.FindAsync(context, volume, cancellation));

        var name = context.Dataset.Name;
        var consolidated = Consolidator.Consolidate(name, claims);
        var record = consolidated.ToDatasetRecord(name, context.Dataset.Source.Name, volume.Array.Info.Format);
        if (fetched.Crop is { } crop)
            record = record with { CropOrigin = crop.Origin, CropShape = crop.Shape };
        var voxelSize = consolidated.VoxelSize;
        var info = volume.Array.Info;
        foreach (var numbering in info.Metadata.Where(value => value.Key == ImageStackFormat.Numbering))
            context.Warn($"the numbers of the slices: got {numbering.Value}, expected an even run. The slices that are there are read as if they followed one another.");
        var result = new MetadataResult(
            info.Format, info.Name, info.Axes, volume.Zyx.Info.Shape, info.Type.Name(), fetched.Crop?.Origin ?? volume.Region.Origin, volume.Region.Shape,
            [voxelSize.Z, voxelSize.Y, voxelSize.X], consolidated.VoxelSizeOrigin, record, consolidated.Metadata, consolidated.Conflicts,
            volume.Zyx.Info.Centre is var (z, y, x) ? [z, y, x] : null);
        if (context.Dataset.Label is { } label)
        {
            var placement = LabelPlacement.Of(context.Dataset, volume.Zyx.Info, ImageFrame.Require(context.Data, label.Image));
            result = result with { VoxelSizeNm = [.. placement.VoxelSizeNm], LabelCentreNm = placement.CentreNm };
        }

        var attributes = await AttributeList.WriteAsync(
            context.Data.AttributeList(name), AttributeCollection.ReadAsync(context, download, FormatRegistry.Find(info.Format)!, cancellation), cancellation);
        return new StageProduct([], result, new StageOutcome(0, $"{Summarise(result)}, {Counted.Of(attributes.Count, "attribute")}")) { Attributes = attributes };
    }

    private static IEnumerable<Claim> Configured(StageContext context)
    {
        if (context.Dataset.Title is { } title)
            yield return new Claim(Fields.Title, title, null, "configuration, title", ClaimKind.Configuration);
        if (context.Dataset.Label?.VoxelSize is { Z: { } z, Y: { } y, X: { } x })
        {
            foreach (var (axis, size) in ((char, double)[])[('z', z), ('y', y), ('x', x)])
                yield return new Claim($"voxel_size_{axis}_nm", size.ToString(CultureInfo.InvariantCulture), "nm", "configuration, voxelSize", ClaimKind.Configuration);
        }

        foreach (var (field, value) in context.Dataset.Override)
            yield return new Claim(field, value, null, $"configuration, override.{field}", ClaimKind.Configuration);
    }

    /// <summary>What a registry answered. An answer that is none (a page that says that the service is down) costs its fields, not the dataset.</summary>
    private static async Task<IReadOnlyList<Claim>> AnswerAsync(StageContext context, RegistryDocument document, CancellationToken cancellation)
    {
        try
        {
            return RegistryAddresses.Parse(document.Kind, await File.ReadAllTextAsync(Path.Combine(context.Data.Root, document.Path), cancellation), document.Url, RegistryAddresses.FilesOf(context.Dataset.Source));
        }
        catch (EmException e) when (e.Fault is Fault.Corrupt or Fault.Source)
        {
            context.Warn($"{e.Message} Nothing is taken from it; --update-lock asks again.");
            return [];
        }
    }

    private static string Summarise(MetadataResult result)
    {
        var conflicts = result.Conflicts.Count == 0 ? "" : $", {Counted.Of(result.Conflicts.Count, "conflict")}";
        return $"{result.Shape} {result.Dtype}, {result.VoxelSize}{conflicts}";
    }
}
