using System.Globalization;
using EmPipeline.Train;
using EmPipeline.Volumes;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(TrainOptions.Usage);
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
    var options = TrainOptions.Parse(args);
    var result = await Trainer.RunAsync(options, Console.Out, stop.Token);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Losses.Count} steps in {result.Time.TotalSeconds:0.0} s: {result.BlocksPerSecond:0.0} blocks/s, {result.Waiting:P0} of the time waiting for data."));
    if (result.Losses.Count < 2)
        return 0;
    var fell = result.Last < result.First;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Loss {(fell ? "went down" : "did not go down")}: {result.First:0.0000} -> {result.Last:0.0000}, the means of the first and the last fifth of the steps."));
    return fell ? 0 : 1;
}
catch (EmException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Cancelled.");
    return 130;
}
