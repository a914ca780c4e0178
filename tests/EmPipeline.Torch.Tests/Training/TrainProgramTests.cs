namespace EmPipeline.Torch.Tests.Training;

/// <summary>The program as users start it: exit codes and where messages go.</summary>
public sealed class TrainProgramTests(TestCatalog catalog)
{
    // After ten steps the loss has fallen by as little as the batches differ among themselves; after twenty-five by a third or more, whatever the seed.
    [Fact]
    public async Task It_ends_with_the_loss_having_gone_down()
    {
        var run = await TrainProcess.RunAsync(["--catalog", catalog.Folder, "--query", "dataset = 'cube'", "--steps", "25", "--patch", "32"]);
        run.Output.Should().Contain("Loss went down: ").And.Contain("of the time waiting for data.");
        run.Code.Should().Be(0);
    }

    [Theory]
    [InlineData("dataset = 'nowhere'", "query: got no block")]
    [InlineData("contrast > 5", "contrast")]
    public async Task A_query_that_cannot_be_served_is_a_message_and_a_code(string query, string message)
    {
        var run = await TrainProcess.RunAsync(["--catalog", catalog.Folder, "--query", query]);
        run.Code.Should().Be(2);
        run.Error.Should().Contain(message).And.NotContain("   at ");
    }
}
