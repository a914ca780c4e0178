using EmPipeline.Formats;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Execution;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Tests;

/// <summary>Runs stages of a configuration in a temporary folder: its files at "…", its data in "data".</summary>
internal sealed class StageRun(TemporaryFolder folder, MirrorMap? mirror = null)
{
    public DataFolder Data { get; } = new(folder["data"]);

    public List<string> Warnings { get; } = [];

    /// <summary>Of the stage that ran last.</summary>
    public StageOutcome? Outcome { get; private set; }

    public bool UpdateLock { get; init; }

    public IProgress<StageProgress> Progress { get; init; } = new Progress<StageProgress>();

    public IExecutor? Executor { get; init; }

    public ExecutorConfig Execution { get; init; } = new();

    /// <param name="datasets">The datasets part of a pipeline.yaml, indented as there.</param>
    /// <param name="stages">None for all, in order.</param>
    public Task RunAsync(string datasets, params Stage[] stages) => RunAsync(datasets, TestContext.Current.CancellationToken, stages);

    public async Task RunAsync(string datasets, CancellationToken cancellation, params Stage[] stages)
    {
        var config = ConfigReader.Read(folder.Write("pipeline.yaml", "version: 1\ndatasets:\n" + datasets));
        foreach (var dataset in config.Units)
        {
            var context = new StageContext
            {
                Dataset = dataset,
                Data = Data,
                LockFile = folder["pipeline.lock.json"],
                Mirror = mirror is null ? null : () => mirror,
                UpdateLock = UpdateLock,
                Warn = Warnings.Add,
                Progress = Progress,
                Executor = Executor,
                Execution = Execution,
            };
            foreach (var stage in stages.Length == 0 ? Stage.All : stages)
                Outcome = await StageRunner.RunAsync(stage, context, cancellation);
        }
    }

    /// <summary>The voxels of the finest level as they were written, C order; of a label "DATASET/LABEL" of ground truth too.</summary>
    public async Task<(NdIndex Shape, byte[] Voxels)> WrittenAsync(string dataset)
    {
        await using var store = new LocalStore(Data.Zarr(dataset.Split('/')[0]) + (dataset.Contains('/') ? "/labels/groundtruth/" + dataset.Split('/')[1] : ""));
        await using var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "s0"))).Single();
        var voxels = new byte[reader.Info.Shape.Volume * reader.Info.Type.Size()];
        await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels);
        return (reader.Info.Shape, voxels);
    }

    /// <summary>The files below raw/DATASET, '/' between names.</summary>
    public IEnumerable<string> Raw(string dataset) =>
        Directory.Exists(Data.Raw(dataset))
            ? Directory.EnumerateFiles(Data.Raw(dataset), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Data.Raw(dataset), path).Replace('\\', '/')).Order(StringComparer.Ordinal)
            : [];
}
