using System.Text;
using EmPipeline.Catalog;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Pictures;
using EmPipeline.Storage;

namespace EmPipeline.Stages.Catalog;

/// <summary>Builds the catalogue from the ledgers of the complete datasets and what predictions of them left; of what is known of volumes nothing else is read. How runs went comes from their logs.</summary>
public static class CatalogStage
{
    /// <summary>Rises when the same ledgers would make another catalogue.</summary>
    internal const int Version = 11;

    /// <param name="warn">Told of every dataset that is left out.</param>
    public static async Task<StageOutcome> RunAsync(CatalogPlan plan, DataFolder data, Action<string> warn, CancellationToken cancellation)
    {
        foreach (var dataset in plan.LeftOut)
            warn($"{dataset.Dataset}: not in the catalogue: {dataset.Why} ({dataset.Configuration}).");
        var complete = plan.Complete.Where(dataset => dataset.Label is null).Select(dataset => CatalogSource.Read(dataset, data)).OrderBy(source => source.Name, StringComparer.Ordinal).ToList();
        var labels = plan.Complete.Where(dataset => dataset.Label is not null).Select(LabelRows (dataset) => LabelSource.Read(dataset, data)).Concat(plan.Predicted)
            .OrderBy(label => label.Name.Dataset, StringComparer.Ordinal).ThenBy(label => label.Name.Origin, StringComparer.Ordinal).ThenBy(label => label.Name.Label, StringComparer.Ordinal).ToList();
        var blocks = 0L;
        var classes = labels.SelectMany(label => label.Classes).ToList();
        var pictures = new List<DatasetPictures>();
        foreach (var source in complete)
        {
            var over = LabelOverlay.Of(labels.Where(label => label.Name.Dataset == source.Name).SelectMany(label => label.Volumes), classes);
            pictures.Add(await MiddlePlanes.MakeAsync(source.Name, [.. source.Volumes], over, data, cancellation));
        }

        await CatalogBuilder.BuildAsync(
            new CatalogContent
            {
                Datasets = complete.Select(source => source.Dataset).ToList(),
                LeftOut = plan.LeftOut,
                Volumes = complete.SelectMany(source => source.Volumes).ToList(),
                Files = complete.SelectMany(source => source.Files),
                LabelVolumes = labels.SelectMany(label => label.Volumes).ToList(),
                LabelClasses = classes,
                Pictures = pictures,
                LabelBlocks = labels.SelectMany(label => label.Blocks).ToAsyncEnumerable(),
                LabelChunks = labels.SelectMany(label => label.Chunks).ToAsyncEnumerable(),
                LabelShards = labels.SelectMany(label => label.Shards).ToAsyncEnumerable(),
                Splits = SplitSource.Of(complete, warn),
                Metadata = complete.SelectMany(source => source.Metadata.Metadata).ToList(),
                Conflicts = complete.SelectMany(source => source.Metadata.Conflicts).ToList(),
                Attributes = plan.Complete.SelectMany(unit => AttributeSource.Read(unit, data)).ToAsyncEnumerable(),
                Sections = complete.SelectMany(source => source.Sections).ToList(),
                Runs = RunLogs.Read(data),
                Blocks = Count(complete.SelectMany(source => source.Blocks)).ToAsyncEnumerable(),
            },
            data.Catalog,
            cancellation);

        foreach (var empty in await EmptyParts.FindAsync(data.Catalog, cancellation))
            warn(empty);

        // Just these: other files in the folder are somebody else's.
        var files = await FileList.WriteAsync(
            data.CatalogFileList,
            CatalogBuilder.Files.Select(name => Path.Combine(data.Catalog, name)).Select(path => new LedgerFile(data.Relative(path), new FileInfo(path).Length)),
            cancellation);
        var ledger = new Ledger
        {
            Stage = "Catalog",
            Inputs = plan.Inputs,
            Upstream = new Dictionary<string, string>(),
            Files = files,
        };
        await AtomicFile.WriteAsync(data.CatalogLedger, Encoding.UTF8.GetBytes(CanonicalJson.Text(ledger)), cancellation: cancellation);
        return new StageOutcome(files.Bytes, $"{Counted.Of(complete.Count, "dataset")}{(labels.Count > 0 ? $", {Counted.Of(labels.Count, "label")}" : "")}{(plan.LeftOut.Count > 0 ? $", {plan.LeftOut.Count} left out" : "")}, {Counted.Of(blocks, "block")}");

        IEnumerable<BlockRow> Count(IEnumerable<BlockRow> rows)
        {
            foreach (var row in rows)
            {
                blocks++;
                yield return row;
            }
        }
    }
}
