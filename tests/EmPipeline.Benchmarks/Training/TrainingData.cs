using System.Text;
using EmPipeline.Benchmarks.Containers;
using EmPipeline.Stages;
using EmPipeline.Stages.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Training;

/// <summary>A data folder as the pipeline leaves it: the cube of FIB-25 as dataset fib25, with or without labels, from a configuration through every stage to the catalogue.</summary>
internal static class TrainingData
{
    public const string Dataset = "fib25", Neurons = "neurons", Rare = "rare";

    // A class that few voxels are of, as foreground sampling is for.
    public const double RareShare = 0.001;

    /// <summary>The data folder; its catalogue is in catalog/.</summary>
    /// <param name="codec">As in pipeline.yaml: "raw", "zstd". Labels are raw with a raw image, else what "auto" makes of them.</param>
    /// <param name="labels"><see cref="Neurons"/>, <see cref="Rare"/>.</param>
    public static async Task<DataFolder> MakeAsync(Settings settings, Content content, string codec, params string[] labels)
    {
        var data = new DataFolder(Path.Combine(settings.Scratch, $"training-{codec}-{string.Join('-', labels)}"));
        if (Directory.Exists(data.Catalog))
            return data;
        Directory.CreateDirectory(data.Root);
        var run = PipelineRun.Open(await ConfigureAsync(settings, content, data, codec, labels), data, Path.Combine(data.Root, "pipeline.lock.json"));
        foreach (var unit in await run.BeginAsync([], CancellationToken.None))
        {
            foreach (var stage in Stage.Rechunk.Upstream.Append(Stage.Rechunk))
                await run.RunAsync(stage, run.Context(unit.Name), CancellationToken.None);
        }

        await CatalogStage.RunAsync(await run.CheckCatalogAsync(CancellationToken.None), data, text => throw new InvalidOperationException(text), CancellationToken.None);
        return data;
    }

    private static async Task<string> ConfigureAsync(Settings settings, Content content, DataFolder data, string codec, string[] labels)
    {
        var image = MrcFile.Write(settings.Disk, Voxels.Of(content, VoxelType.UInt8, Volume.Edge, Volume.Edge)).Address;
        var text = new StringBuilder("version: 1\ndatasets:\n").Append(
            $"  {Dataset}:\n    source: {{ file: \"{image}\" }}\n    codec: {codec}\n    chunk: [{Volume.Chunk}, {Volume.Chunk}, {Volume.Chunk}]\n" +
            "    facts: { voxel_size_z_nm: 8, voxel_size_y_nm: 8, voxel_size_x_nm: 8 }\n");
        if (labels.Length > 0)
        {
            text.Append("    labels:\n");
            var made = await LabelContent.LoadAsync();
            foreach (var label in labels)
            {
                var folder = Directory.CreateDirectory(Path.Combine(settings.Disk, label)).FullName;
                var file = (label == Neurons ? made.Neurons(folder, Volume.Edge) : MrcFile.Write(folder, made.Rare(Volume.Edge, RareShare))).Address;
                text.Append($"      {label}: {{ source: {{ file: \"{file}\" }}, voxelSize: [8, 8, 8], codec: {(codec == "raw" ? codec : "auto")}, {(label == Neurons ? "kind: instances" : $"kind: classes, classes: {{ 1: {Rare} }}")} }}\n");
            }
        }

        var path = Path.Combine(data.Root, "pipeline.yaml");
        await File.WriteAllTextAsync(path, text.ToString());
        return path;
    }
}
