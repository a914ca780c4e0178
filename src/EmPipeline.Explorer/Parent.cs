using System.ComponentModel;
using System.Diagnostics;

namespace EmPipeline.Explorer;

/// <summary>The process that started the server, which the server does not outlive.</summary>
internal static class Parent
{
    /// <summary>Ends on cancellation, and when the process is gone.</summary>
    /// <param name="id">Null: there is none to wait for.</param>
    public static async Task WaitAsync(int? id, CancellationToken cancellation)
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
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has gone already.
        }
    }
}
