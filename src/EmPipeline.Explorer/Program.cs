using System.Runtime.InteropServices;
using EmPipeline.Explorer;
using EmPipeline.Storage;
using EmPipeline.Volumes;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(ViewOptions.Usage);
    return 0;
}

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    var options = ViewOptions.Parse(args);
    await using var server = await ExplorerServer.StartAsync(options, stop.Token);
    Console.WriteLine($"{options.Data}: look at it at {server.Address}   (Ctrl-C ends this)");
    await Parent.WaitAsync(options.Parent, stop.Token);
    return 0;
}
catch (Exception error) when (error is EmException or StorageException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (OperationCanceledException)
{
    return 0;
}
