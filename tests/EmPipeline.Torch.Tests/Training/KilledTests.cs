using System.Globalization;
using EmPipeline.Train.Segmentation;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Training;

/// <summary>
/// The program killed and started again: the files are those of a run that nothing stopped. EMPIPELINE_KILLS says how often each is killed (50 take some minutes;
/// -showLiveOutput on tells how far it is); unset it is once.
/// </summary>
public sealed class KilledTests(ITestOutputHelper output)
{
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("EMPIPELINE_KILLS"), CultureInfo.InvariantCulture, out var asked) ? asked : 1;

    [Fact]
    public async Task A_prediction_that_is_killed_is_continued_to_the_same_bytes_and_at_most_a_layer_is_made_again()
    {
        using var catalog = await LabelledCatalog.MakeAsync(KilledPrediction.Shape);
        Directory.CreateDirectory(catalog.File("state/second"));
        File.Copy(catalog.File("zarr/second.zarr.shards"), catalog.File("state/second/Rechunk.shards"));
        TorchRuntime.EnsureLoadable();
        WriteUntrained(new SegmentationOptions { Catalog = catalog.Folder }.Checkpoint);
        await new KilledPrediction(catalog, output).RunAsync(Kills);
    }

    [Fact]
    public async Task A_training_that_is_killed_is_continued_to_the_same_bytes_from_its_last_checkpoint()
    {
        using var catalog = await LabelledCatalog.MakeAsync();
        await new KilledTraining(catalog, output).RunAsync(Kills);
    }

    /// <summary>A network that finds half of what it is shown.</summary>
    private static void WriteUntrained(string path)
    {
        random.manual_seed(1);
        using var model = new UNet3d();
        using var optimiser = optim.Adam(model.parameters());
        model.eval();
        using (no_grad())
        using (NewDisposeScope())
            model.get_parameter("_last.bias")!.sub_(model.forward(randn([1, 1, 16, 16, 16])).median());
        Checkpoint.Write(path, model, optimiser, new CheckpointState(CheckpointState.CurrentVersion, "mitochondria", 0, "untrained"));
    }
}
