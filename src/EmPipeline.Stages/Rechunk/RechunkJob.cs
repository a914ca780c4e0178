using System.Text;
using System.Text.Json;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Portions;

namespace EmPipeline.Stages.Rechunk;

/// <summary>
/// All that the tasks of a divided Rechunk have to know, as it was when they were handed over: what the configuration says later changes nothing for them. A
/// file in the folder of the portions.
/// </summary>
/// <param name="Definition">The dataset.</param>
/// <param name="Root">As in <see cref="DownloadResult"/>, with <paramref name="Open"/> and <paramref name="Crop"/>.</param>
/// <param name="Files">What Download fetched.</param>
/// <param name="Identity">Of the source's content.</param>
/// <param name="VoxelSizeNm">z, y, x.</param>
/// <param name="LabelCentreNm">Of labels.</param>
/// <param name="Threads">Of a task.</param>
/// <param name="MemoryBytes">Of a task's buffers.</param>
internal sealed record RechunkJob(
    DatasetDefinition Definition, string Root, string Open, ChosenCrop? Crop, FileList? Files, string Identity, double?[] VoxelSizeNm, double[]? LabelCentreNm, int Threads, long MemoryBytes)
{
    private const string FileName = "job.json";

    /// <summary>How the volume is divided; set when it has been begun.</summary>
    public PortionPlan? Plan { get; init; }

    /// <summary>The job's file in a folder of portions.</summary>
    public static string PathIn(string portions) => Path.Combine(portions, FileName);

    public static RechunkJob? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RechunkJob>(File.ReadAllText(path), CanonicalJson.Options);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public Task WriteAsync(string path, CancellationToken cancellation) => AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(CanonicalJson.Text(this)), cancellation: cancellation);

    /// <summary>Whether another job makes the same volume of the same source; how it is divided has no part in that.</summary>
    public bool MakesTheSameAs(RechunkJob other) => Text(this) == Text(other);

    /// <summary>What the stage is given in a task, but for progress.</summary>
    public StageContext Context(DataFolder data) => new()
    {
        Dataset = Definition.Name.Split('/') is [var image, var label]
            ? DatasetConfig.LabelOf(Definition.Configuration, image, label, Definition.Keys) : DatasetConfig.Of(Definition.Configuration, Definition.Name, Definition.Keys),
        Data = data,
        LockFile = Definition.LockFile,
        Threads = Threads,
    };

    public RechunkOptions Options(StageContext context) => RechunkStage.Options(context, Identity, VoxelSizeNm, LabelCentreNm) with { MemoryBytes = MemoryBytes };

    public Task<SourceVolume> OpenAsync(StageContext context, CancellationToken cancellation) => SourceVolume.OpenAsync(
        context, Root, Open, (Files?.Read(context.Data.State(context.Dataset.Name)) ?? []).Select(context.Data.Locate), Crop, cancellation);

    private static string Text(RechunkJob job) => CanonicalJson.Text(job with { Plan = null, Threads = 0, MemoryBytes = 0 });
}
