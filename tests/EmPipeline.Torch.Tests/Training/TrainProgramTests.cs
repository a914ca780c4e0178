using System.Diagnostics;

namespace EmPipeline.Torch.Tests.Training;

/// <summary>The program as users start it: exit codes and where messages go.</summary>
public sealed class TrainProgramTests(TestCatalog catalog)
{
    // After ten steps the loss has fallen by as little as the batches differ among themselves; after twenty-five by a third or more, whatever the seed.
    [Fact]
    public async Task It_ends_with_the_loss_having_gone_down()
    {
        var (code, output, _) = await RunAsync("--catalog", catalog.Folder, "--query", "dataset = 'cube'", "--steps", "25", "--patch", "32");
        output.Should().Contain("Loss went down: ").And.Contain("of the time waiting for data.");
        code.Should().Be(0);
    }

    [Theory]
    [InlineData("dataset = 'nowhere'", "query: got no block")]
    [InlineData("contrast > 5", "contrast")]
    public async Task A_query_that_cannot_be_served_is_a_message_and_a_code(string query, string message)
    {
        var (code, _, error) = await RunAsync("--catalog", catalog.Folder, "--query", query);
        code.Should().Be(2);
        error.Should().Contain(message).And.NotContain("   at ");
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "EmPipeline.Train.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
