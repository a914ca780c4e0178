using System.Text;
using System.Text.Json;
using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;
using EmPipeline.Stages.Rechunk;
using EmPipeline.Stages.Verify;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages;

/// <summary>Runs one stage of one dataset and writes its ledger.</summary>
public static class StageRunner
{
    /// <exception cref="EmException">The stage failed, or a stage before it has not run.</exception>
    public static async Task<StageOutcome> RunAsync(StageName stage, StageContext context, CancellationToken cancellation)
    {
        var upstream = new Dictionary<StageName, Ledger>();
        var upstreamHashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in stage.Upstream())
        {
            var path = context.Data.LedgerFile(context.Dataset.Name, name);
            upstream[name] = Ledger.Read(path) ?? throw new EmException(
                Fault.Configuration, $"{path}: got no ledger of {name}, expected one. Run ./build.sh {name} --dataset {context.Dataset.Name} first.");
            upstreamHashes[name.ToString()] = CanonicalJson.Sha256(await File.ReadAllTextAsync(path, cancellation));
        }

        var inputs = StageInputs.Of(context.Dataset, stage);
        var product = stage switch
        {
            StageName.Download => await DownloadStage.RunAsync(context, cancellation),
            StageName.Verify => await VerifyStage.RunAsync(context, upstream[StageName.Download], cancellation),
            StageName.ExtractMetadata => await MetadataStage.RunAsync(context, upstream[StageName.Download], cancellation),
            _ => await RechunkStage.RunAsync(context, upstream[StageName.Download], upstream[StageName.ExtractMetadata], cancellation),
        };
        // The list comes first: a ledger whose list is another one's counts as not whole.
        var files = product.Files.Count == 0 ? null : await FileList.WriteAsync(context.Data.FileList(context.Dataset.Name, stage), product.Files, cancellation);
        await WriteLedgerAsync(
            context.Data.LedgerFile(context.Dataset.Name, stage),
            new Ledger
            {
                Stage = stage.ToString(),
                Inputs = inputs,
                Upstream = upstreamHashes,
                Files = files,
                Result = JsonSerializer.SerializeToNode(product.Result, product.Result.GetType(), CanonicalJson.Options),
            },
            cancellation);
        return product.Outcome;
    }

    // A ledger of the same content keeps its time unless an input is newer, so that a stage that only brought a lost file back does
    // not make the stages after it run again.
    private static async Task WriteLedgerAsync(string path, Ledger ledger, CancellationToken cancellation)
    {
        var text = CanonicalJson.Text(ledger);
        if (File.Exists(path) && await File.ReadAllTextAsync(path, cancellation) == text)
        {
            var inputs = ledger.Upstream.Keys.Select(name => $"{name}.ledger.json").Append($"{ledger.Stage}.inputs.json")
                .Select(name => Path.Combine(Path.GetDirectoryName(path)!, name));
            if (inputs.Any(input => File.GetLastWriteTimeUtc(input) > File.GetLastWriteTimeUtc(path)))
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            return;
        }

        await AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(text), cancellation: cancellation);
    }
}
