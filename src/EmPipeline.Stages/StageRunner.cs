using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages;

/// <summary>Runs one stage of one dataset and writes its ledger.</summary>
public static class StageRunner
{
    /// <exception cref="EmException">The stage failed, or a stage before it has not run.</exception>
    public static async Task<StageOutcome> RunAsync(Stage stage, StageContext context, CancellationToken cancellation)
    {
        SourcePlace.Check(context.Dataset, context.Data);
        var upstream = stage.Upstream.ToDictionary(before => before, before => Read(before, context));
        // Cut before the work: what changes meanwhile is seen by the next run.
        var inputs = StageInputs.Of(stage, context.Definition, context.Data);
        var product = await stage.Run(context, upstream, cancellation);
        foreach (var (name, value) in product.Inputs)
            inputs[name] = value;

        // The list comes first: a ledger whose list is another one's counts as not whole.
        var files = !product.Files.Any() ? null : await FileList.WriteAsync(context.Data.FileList(context.Dataset.Name, stage), product.Files, cancellation);
        var result = JsonSerializer.SerializeToNode(product.Result, product.Result.GetType(), CanonicalJson.Options)!;
        var ledger = new Ledger
        {
            Stage = stage.Name,
            Inputs = (JsonObject)CanonicalJson.Sort(inputs)!,
            Upstream = upstream.ToDictionary(pair => pair.Key.Name, pair => pair.Value.Product!),
            Files = files,
            Shards = product.Shards,
            Attributes = product.Attributes,
            Result = result,
            Product = CanonicalJson.Sha256(files?.Sha256 + product.Shards?.Sha256 + CanonicalJson.Text(result)),
        };
        var path = context.Data.LedgerFile(context.Dataset.Name, stage);
        await AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(CanonicalJson.Text(ledger)), cancellation: cancellation);
        return product.Outcome;
    }

    private static Ledger Read(Stage stage, StageContext context)
    {
        var path = context.Data.LedgerFile(context.Dataset.Name, stage);
        return Ledger.Read(path) is { Product: not null } ledger ? ledger : throw new EmException(
            Fault.Configuration, $"{path}: got no ledger of {stage}, expected one. Run ./build.sh {stage} --dataset {context.Dataset.Name} first.");
    }
}
