using System.Text.Json.Nodes;
using EmPipeline.Stages.Catalog;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Status;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages;

/// <summary>
/// One configuration at work on one data folder: the file read and checked once, and what is stale found out once. Safe for concurrent
/// use on different datasets.
/// </summary>
public sealed class PipelineRun
{
    private readonly string _lockFile;

    private PipelineRun(PipelineConfig configuration, DataFolder data, string lockFile, Staleness staleness) =>
        (Configuration, Data, _lockFile, Staleness) = (configuration, data, lockFile, staleness);

    public PipelineConfig Configuration { get; }

    public DataFolder Data { get; }

    public Staleness Staleness { get; }

    /// <param name="updateLock">Every source is asked again.</param>
    /// <param name="verify">Everything is read back, changed or not.</param>
    /// <exception cref="EmException">The configuration is wrong.</exception>
    public static PipelineRun Open(string configuration, DataFolder data, string lockFile, bool updateLock = false, bool verify = false)
    {
        var asked = new Dictionary<Stage, string>();
        if (updateLock)
            asked[Stage.Download] = "--update-lock asks its source again";
        if (verify)
            asked[Stage.Verify] = "it was asked for";
        return new PipelineRun(ConfigReader.Read(configuration), data, Path.GetFullPath(lockFile), new Staleness(data, asked));
    }

    public DatasetDefinition Definition(string dataset) => DatasetDefinition.Of(Configuration.Dataset(dataset), _lockFile);

    /// <summary>The datasets and labels to run; a dataset's name means its labels too.</summary>
    /// <param name="only">Their names; empty for all.</param>
    /// <exception cref="EmException">There is no such dataset, or another configuration has made another of this name here.</exception>
    public IReadOnlyList<DatasetConfig> Select(IReadOnlyList<string> only)
    {
        var selected = (only.Count == 0 ? Configuration.Datasets : only.Select(Configuration.Dataset)).SelectMany(dataset => dataset.Units).DistinctBy(unit => unit.Name).ToList();
        foreach (var dataset in selected)
        {
            if (OtherOwner(dataset.Name) is { } other)
            {
                throw new EmException(
                    Fault.Configuration,
                    $"{Configuration.Path}: {dataset.Place}: got another definition than that of {other.Configuration}, which made the dataset of this name in {Data.Root}; "
                    + $"expected one dataset a name. Give it another name or another data folder (--data DIR), or remove {Data.State(dataset.Name)} to make it anew from this configuration.");
            }
        }

        return selected;
    }

    /// <summary>Begins a run: selects the datasets, and has the data folder remember whose they are.</summary>
    /// <exception cref="EmException">As for <see cref="Select"/>.</exception>
    public async Task<IReadOnlyList<DatasetConfig>> BeginAsync(IReadOnlyList<string> only, CancellationToken cancellation)
    {
        var selected = Select(only);
        foreach (var dataset in selected)
            await Definition(dataset.Name).RememberAsync(Data, cancellation);
        return selected;
    }

    /// <summary>
    /// Cuts the stage's inputs, finds out whether it has to run, and makes the time stamps of its inputs and its ledger say so to MSBuild.
    /// </summary>
    public async Task CheckAsync(string dataset, Stage stage, CancellationToken cancellation)
    {
        var definition = Definition(dataset);
        await CarryAsync(Data.InputsFile(dataset, stage), Data.LedgerFile(dataset, stage), StageInputs.Of(stage, definition, Data), Staleness.ReasonToRun(definition, stage), cancellation);
    }

    /// <summary>The same for the catalogue.</summary>
    /// <returns>What it will be made of.</returns>
    public async Task<CatalogPlan> CheckCatalogAsync(CancellationToken cancellation)
    {
        var plan = CatalogPlan.Of(this);
        await CarryAsync(Data.CatalogInputs, Data.CatalogLedger, plan.Inputs, plan.ReasonToRun(Data), cancellation);
        return plan;
    }

    /// <summary>Runs one stage and writes its ledger.</summary>
    /// <exception cref="EmException">The stage failed, or a stage before it has not run.</exception>
    public async Task<StageOutcome> RunAsync(Stage stage, StageContext context, CancellationToken cancellation)
    {
        var outcome = await StageRunner.RunAsync(stage, context, cancellation);
        Staleness.HasRun(context.Dataset.Name, stage);
        // What listing very many files left behind is not kept through the hours of the next stage.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return outcome;
    }

    /// <summary>What a dataset's Download would fetch now, without fetching it.</summary>
    /// <exception cref="EmException">The source does not answer.</exception>
    public Task<DownloadTally> PlanDownloadAsync(string dataset, CancellationToken cancellation) =>
        DownloadStage.PlanAsync(Context(dataset) with { UpdateLock = false }, cancellation);

    /// <summary>What a run of one of this configuration's datasets is given.</summary>
    public StageContext Context(string dataset) => new() { Dataset = Configuration.Dataset(dataset), Data = Data, LockFile = _lockFile, Bandwidth = Configuration.Bandwidth is { } rate ? BandwidthLimit.For(rate) : null };

    /// <summary>The definition of a dataset of this name that another configuration, which is still there and still says so, has made differently.</summary>
    internal DatasetDefinition? OtherOwner(string dataset)
    {
        if (DatasetDefinition.Recall(Data, dataset) is not { } remembered || remembered.Configuration == Configuration.Path || remembered.MakesTheSameAs(Definition(dataset)))
            return null;
        try
        {
            var now = ConfigReader.Read(remembered.Configuration).Units.FirstOrDefault(other => other.Name == dataset);
            return now is not null && !DatasetDefinition.Of(now, remembered.LockFile).MakesTheSameAs(Definition(dataset)) ? remembered : null;
        }
        catch (EmException)
        {
            // Gone, or no configuration any more: nobody else's.
            return null;
        }
    }

    // MSBuild runs a target whose input is newer than its output. Which is so follows from content alone; clocks have no say in it.
    private static async Task CarryAsync(string inputsFile, string ledger, JsonObject inputs, string? reason, CancellationToken cancellation)
    {
        await TextFile.WriteIfChangedAsync(inputsFile, CanonicalJson.Text(inputs), cancellation);
        if (!File.Exists(ledger))
            return;
        var made = File.GetLastWriteTimeUtc(ledger);
        var isNewer = File.GetLastWriteTimeUtc(inputsFile) > made;
        if (isNewer != reason is not null)
            File.SetLastWriteTimeUtc(inputsFile, reason is null ? made : made.AddSeconds(10));
    }
}
