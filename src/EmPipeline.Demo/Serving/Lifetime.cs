using System.ComponentModel;
using System.Diagnostics;

namespace EmPipeline.Demo.Serving;

/// <summary>Until when the server runs: so that no mirror outlives the build that started it, however that ends.</summary>
internal static class Lifetime
{
    /// <summary>Ends when <paramref name="input"/> does, when the process <paramref name="parent"/> is gone, or on cancellation.</summary>
    public static async Task WaitAsync(Stream input, int? parent, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(EndOfAsync(input, stop.Token), ParentAsync(parent, stop.Token), Task.Delay(Timeout.Infinite, stop.Token));
        await stop.CancelAsync();
    }

    // Reading a console or pipe may ignore cancellation, so it has a thread of its own and the wait goes on without it.
    private static Task EndOfAsync(Stream input, CancellationToken cancellation) => Task.Run(
        () =>
        {
            Span<byte> ignored = stackalloc byte[256];
            while (input.Read(ignored) > 0 && !cancellation.IsCancellationRequested)
            {
            }
        },
        cancellation);

    private static async Task ParentAsync(int? id, CancellationToken cancellation)
    {
        if (id is null)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return;
        }

        try
        {
            using var parent = Process.GetProcessById(id.Value);
            await parent.WaitForExitAsync(cancellation);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has gone already.
        }
    }
}
