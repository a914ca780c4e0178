// Runs one task that was handed over to a scheduler: dotnet EmPipeline.Worker.dll JOB NUMBER. The smallest program that can: nodes start it thousands of times.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using EmPipeline.Stages.Rechunk;
using EmPipeline.Storage;
using EmPipeline.Volumes;

if (args is not [var job, var text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
{
    Console.Error.WriteLine("EmPipeline.Worker: got other arguments, expected JOB NUMBER. ./build.sh starts it.");
    return 2;
}

using var stop = new CancellationTokenSource();
// A scheduler that wants the node back says so first; what is finished is kept.
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
if (Environment.GetEnvironmentVariable("EMPIPELINE_PARENT") is not null)
    _ = Task.Run(EndWithParentAsync);

var clock = Stopwatch.StartNew();
try
{
    await RechunkTask.RunAsync(job, number, null, stop.Token);
    using var self = Process.GetCurrentProcess();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"task {number} done on {Environment.MachineName} in {clock.Elapsed.TotalSeconds:0.0} s, peak {self.PeakWorkingSet64 >> 20} MiB"));
    return 0;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped. What was finished is kept.");
    // A stop is no success, whatever the scheduler makes of a trap.
    return 130;
}
catch (Exception e) when (e is EmException or StorageException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

async Task EndWithParentAsync()
{
    await Console.In.ReadToEndAsync();
    await stop.CancelAsync();
}
