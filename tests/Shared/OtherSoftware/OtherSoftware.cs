using System.Diagnostics;

namespace EmPipeline.Tests;

/// <summary>Runs the scripts of tests/Interop; where what they need is absent, the test is skipped.</summary>
internal static class OtherSoftware
{
    private const int Absent = 77;

    private static string Folder => Path.GetFullPath(Path.Combine(SharedData.Fixture(""), "..", "Interop"));

    /// <summary>Skips the test where <c>npm ci</c> has not brought this package.</summary>
    public static void Require(string package)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", package)))
            Assert.Skip($"tests/Interop has no node_modules/{package} (npm ci)");
    }

    /// <summary>What the script prints; fails with it and with what it complains of.</summary>
    public static async Task<string> RunAsync(string program, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, [Path.Combine(Folder, script), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Start(start);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode == Absent)
            Assert.Skip($"{start.FileName}: {output.Trim()}");
        process.ExitCode.Should().Be(0, "{0}{1}", output, await errors);
        return output;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{start.FileName} is not on this machine");
            throw;
        }
    }
}
