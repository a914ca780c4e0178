using System.Diagnostics;
using System.Globalization;

namespace EmPipeline.Benchmarks;

/// <summary>A command as a user starts it: how long it took, the processor's time of its own process, and the most memory that any process of it had resident.</summary>
internal sealed record MeasuredProcess(double Seconds, double PeakMiB, string Output, double ProcessorSeconds)
{
    private const double TicksASecond = 100;
    private const int PollMilliseconds = 20;

    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<MeasuredProcess> RunAsync(string command, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        using var process = Start(command, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var (peak, processor) = (0.0, 0.0);
        for (var done = process.WaitForExitAsync(); !done.IsCompleted; await Task.WhenAny(done, Task.Delay(PollMilliseconds)))
            (peak, processor) = (Math.Max(peak, Peak(process.Id)), Math.Max(processor, Processor(process.Id)));
        var seconds = watch.Elapsed.TotalSeconds;
        var text = await output + await errors;
        return process.ExitCode == 0 ? new MeasuredProcess(seconds, peak, text, processor) : throw new InvalidOperationException($"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{text}");
    }

    public static Process Start(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // What the benchmark's own build was told must not reach the measured one.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        return Process.Start(start)!;
    }

    /// <summary>The largest peak of a process and those it started, in MiB: the kernel's own high-water mark.</summary>
    private static double Peak(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            var own = line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
            var children = File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return children.Select(child => Peak(int.Parse(child, CultureInfo.InvariantCulture))).Append(own).Max();
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return 0;
        }
    }

    /// <summary>Seconds that a process has had of the processors so far, its threads together.</summary>
    private static double Processor(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksASecond;
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return 0;
        }
    }
}
