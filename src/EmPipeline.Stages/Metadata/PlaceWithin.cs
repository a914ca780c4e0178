using System.Globalization;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Metadata;

/// <summary>Where a dataset lies that is a cut of another (<c>within</c>): found by comparing voxels, since nothing records it.</summary>
internal static class PlaceWithin
{
    /// <summary>What the answer follows from: the voxels of the other dataset, as its Verify read them, and the part of them that is used. Null before that.</summary>
    public static IEnumerable<(string Name, string? Value)> Inputs(DatasetDefinition dataset, DataFolder data)
    {
        if ((string?)dataset.Keys["within"] is not { } whole)
            yield break;
        var made = new[] { Stage.Download, Stage.Verify }.Select(stage => Ledger.Read(data.LedgerFile(whole, stage))?.Product).ToList();
        yield return ("whole", made.Contains(null) ? null : string.Join(' ', made));
    }

    /// <summary>The dataset's name and the place of the first voxel, in the other's used voxels; none where there is no <c>within</c>, or the other is not fetched.</summary>
    /// <exception cref="EmException">It lies nowhere in it, or in several places.</exception>
    public static async ValueTask<IReadOnlyList<Claim>> FindAsync(StageContext context, SourceVolume cut, CancellationToken cancellation)
    {
        if (context.Dataset.Within is not { } dataset)
            return [];
        var place = $"{context.Dataset.Place}.within";
        Ledger? Of(Stage stage) => Ledger.Read(context.Data.LedgerFile(dataset.Name, stage)) is { Product: not null } ledger ? ledger : null;
        if (Of(Stage.Download) is not { } download || Of(Stage.Verify) is null)
        {
            context.Warn($"{place}: got no verified {dataset.Name}, expected it to look for the place in. The next run looks again.");
            return [];
        }

        await using var whole = await SourceVolume.OpenAsync(context with { Dataset = dataset }, download, cancellation);
        var found = await ExactMatch.FindAsync(whole.Zyx, whole.Region, cut.Zyx, cut.Region, cancellation);
        if (found.Count != 1)
        {
            throw new EmException(Fault.Corrupt, found.Count == 0
                ? $"{place}: got {cut.Region.Shape} voxels of {cut.Zyx.Info.Type.Name()} that are nowhere in the {whole.Region.Shape} of {dataset.Name}, expected them to be a cut of it, voxel for voxel. Correct or remove 'within'."
                : $"{place}: got several places in {dataset.Name}, such as {found[0]} and {found[1]}, expected one. The voxels do not say where they are from; remove 'within'.");
        }

        return
        [
            new Claim("within", dataset.Name, null, "configuration, within", ClaimKind.Configuration),
            .. Enumerable.Range(0, 3).Select(axis => new Claim(
                $"within_{"zyx"[axis]}", found[0][axis].ToString(CultureInfo.InvariantCulture), null, $"comparison of all voxels with those of {dataset.Name}", ClaimKind.FileHeader)),
        ];
    }
}
