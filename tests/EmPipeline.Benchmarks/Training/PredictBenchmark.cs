using System.Globalization;
using System.Runtime.InteropServices;
using EmPipeline.Benchmarks.Containers;
using EmPipeline.Storage;
using EmPipeline.Torch;
using EmPipeline.Train.Segmentation;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using static TorchSharp.torch;

namespace EmPipeline.Benchmarks.Training;

/// <summary>What a prediction holds in memory, each in a process of its own, as the volume grows along z; and how far blended tiles are from a model over the whole volume.</summary>
internal static class PredictBenchmark
{
    public const string Argument = "--predict-child";
    private const string UNet = "unet", Convolution = "convolution";
    // Two layers of shards at least: with one, none is written while the next is predicted, which is a state that no larger volume is in.
    private const int Shallow = 256, Times = 8, WholeEdge = 256;
    private const double MostMebibytes = 2048, Flat = 1.1, Furthest = 1e-5;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        report.Heading($"Predictions: tiles of 96, a quarter of them overlap, batches of 2; probabilities and labels, of uint8 of FIB-25, zstd; memory of a process of its own");
        foreach (var (model, edge, what) in ((string, int, string)[])[(Convolution, 768, "a convolution"), (UNet, 256, "the U-Net of `Train --task segmentation`")])
        {
            var (shallow, deep) = (await ChildAsync(await MakeAsync(settings, content, Shallow, edge), model), await ChildAsync(await MakeAsync(settings, content, Shallow * Times, edge), model));
            report.Row($"{what}: most memory at {Shallow * Times}×{edge}², {Times} times as deep, against {Shallow}×{edge}²", $"{deep:f0} / {shallow:f0} MiB = {deep / shallow:f2}", $"≤ {Flat:f2}", deep / shallow <= Flat);
        }

        var widest = await ChildAsync(await MakeAsync(settings, content, Volume.Edge, Volume.Edge), Convolution);
        report.Row($"a convolution, {Volume.Edge}³: most memory", $"{widest:f0} MiB", $"≤ {MostMebibytes:f0} MiB", widest <= MostMebibytes);
        var furthest = await FurthestAsync(await MakeAsync(settings, content, WholeEdge, WholeEdge));
        report.Row($"a convolution of 5³ by tiles with a halo of 2, blended, against the whole of {WholeEdge}³ at once, float32: the furthest voxel", $"{furthest:0.0e+0}", $"≤ {Furthest:0e+0}", furthest <= Furthest);
    }

    /// <summary>The child: predicts a volume, then prints the most memory that it had.</summary>
    public static async Task<int> RunChildAsync(string array, string model)
    {
        TorchRuntime.EnsureLoadable();
        random.manual_seed(1);
        using var network = new UNet3d();
        network.eval();
        using var kernel = randn([1, 1, 3, 3, 3]) / 10;
        await using var predictor = await Predictor.OpenVolumeAsync(array);
        await predictor.RunAsync(
            batch => model == UNet ? network.forward(batch).sigmoid() : nn.functional.conv3d(batch, kernel, padding: [1, 1, 1]).sigmoid(),
            new PredictOptions { Channels = ["found"], ModelHash = model, Mean = 128, Deviation = 40 });
        Console.WriteLine(Machine.PeakResident().ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static async Task<double> ChildAsync(string array, string model)
    {
        var (program, arguments) = Machine.Self();
        return double.Parse((await MeasuredProcess.RunAsync(program, [.. arguments, Argument, array, model])).Output, CultureInfo.InvariantCulture);
    }

    private static async Task<string> MakeAsync(Settings settings, Content content, int depth, int edge)
    {
        var folder = Path.Combine(settings.Disk, $"predict-{depth}-{edge}");
        Volume.Fresh(folder);
        await Volume.RechunkAsync(MrcFile.Write(folder, Voxels.Of(content, VoxelType.UInt8, depth, edge)).Address, folder, ShardCodec.Zstd());
        return Path.Combine(folder, "v.zarr/s0");
    }

    private static async Task<double> FurthestAsync(string array)
    {
        using var kernel = randn([1, 1, 5, 5, 5]) / 10;
        await using (var predictor = await Predictor.OpenVolumeAsync(array))
        {
            await predictor.RunAsync(
                batch => nn.functional.conv3d(batch, kernel, padding: [2, 2, 2]),
                new PredictOptions
                {
                    Channels = ["whole"], ModelHash = "whole", Mean = 128, Deviation = 40, Halo = NdIndex.Filled(3, 2), Border = BorderPolicy.Zero, Probabilities = ProbabilityStorage.Float32, Labels = LabelRule.None,
                });
        }

        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        var image = (tensor(await ReadAsync(array)).to(ScalarType.Float32) - 128) / 40;
        var got = tensor(MemoryMarshal.Cast<byte, float>(await ReadAsync(Path.GetFullPath(Path.Combine(array, "../predictions/whole/s0")))).ToArray());
        long[] shape = [1, 1, WholeEdge, WholeEdge, WholeEdge];
        return (nn.functional.conv3d(image.reshape(shape), kernel, padding: [2, 2, 2]) - got.reshape(shape)).abs().max().item<float>();
    }

    private static async Task<byte[]> ReadAsync(string array)
    {
        await using var store = new LocalStore(array);
        await using var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, "")))[0];
        var bytes = new byte[reader.Info.DecodedBytes];
        await reader.ReadAsync(Box.Whole(reader.Info.Shape), bytes);
        return bytes;
    }
}
