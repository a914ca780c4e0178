using System.Diagnostics;
using System.Text.Json;

namespace EmPipeline.Build.Tests;

/// <summary>What build.sh makes of its arguments.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task Inspect_writes_what_it_found_where_it_is_told_to()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("build.sh needs a POSIX shell");
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.File("tests/data") };
        foreach (var argument in new[] { Repository.File("build.sh"), "Inspect", "--input", "tiff/imagej_hyperstack.tif", "--output", folder["found.json"], "--digest", "--plain" })
            start.ArgumentList.Add(argument);
        var run = await Graph.FinishAsync(Process.Start(start)!);
        run.ExitCode.Should().Be(0, run.Output);
        using var found = JsonDocument.Parse(await File.ReadAllBytesAsync(folder["found.json"]));
        found.RootElement.ToString().Should().Contain("sha256");
    }
}
