using System.Globalization;
using EmPipeline.Storage;
using EmPipeline.Train;
using EmPipeline.Train.Prediction;
using EmPipeline.Train.Segmentation;
using EmPipeline.Volumes;

var (task, rest) = args is ["--task", var name, ..] ? (name, args[2..]) : ("denoise", args);
if (rest is ["--help" or "-h"])
{
    Console.WriteLine(task switch { "segmentation" => SegmentationOptions.Usage, "predict" => PredictArguments.Usage, _ => TrainOptions.Usage });
    return 0;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    switch (task)
    {
        case "denoise":
            return Denoised(await Trainer.RunAsync(TrainOptions.Parse(rest), Console.Out, stop.Token));
        case "segmentation":
            return Segmented(await SegmentationTrainer.RunAsync(SegmentationOptions.Parse(rest), Console.Out, stop.Token));
        case "predict":
            await PredictCommand.RunAsync(PredictArguments.Parse(rest), Console.Out, stop.Token);
            return 0;
        default:
            throw Arguments.Wrong("--task", $"'{task}'", "denoise, segmentation or predict");
    }
}
catch (Exception error) when (error is EmException or StorageException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Cancelled.");
    return 130;
}

static int Denoised(TrainResult result)
{
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Losses.Count} steps in {result.Time.TotalSeconds:0.0} s: {result.BlocksPerSecond:0.0} blocks/s, {result.Waiting:P0} of the time waiting for data."));
    if (result.Losses.Count < 2)
        return 0;
    var fell = result.Last < result.First;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Loss {(fell ? "went down" : "did not go down")}: {result.First:0.0000} -> {result.Last:0.0000}, the means of the first and the last fifth of the steps."));
    return fell ? 0 : 1;
}

static int Segmented(SegmentationResult result)
{
    var better = result.Network.Dice > result.Baseline.Dice;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Losses.Count} steps in {result.Time.TotalSeconds:0.0} s, {result.Waiting:P0} of it waiting for data. The network is {(better ? "better than" : "no better than")} the best grey threshold."));
    return better ? 0 : 1;
}
