using EmPipeline.Train;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Training;

public sealed class TrainTests(TestCatalog catalog)
{
    [Theory]
    [InlineData("torch")]
    [InlineData("own")]
    public async Task The_loss_goes_down(string loader)
    {
        var output = new StringWriter();
        var options = TrainOptions.Parse(["--catalog", catalog.Folder, "--query", "dataset = 'cube'", "--steps", "15", "--patch", "32", "--loader", loader]);
        var result = await Trainer.RunAsync(options, output, CancellationToken.None);
        result.Losses.Should().HaveCount(15);
        result.Last.Should().BeLessThan(result.First);
        result.Waiting.Should().BeInRange(0, 1);
        output.ToString().Should().Contain("12 blocks of cube").And.Contain("step   15  loss ").And.Contain("blocks/s");
    }

    [Fact]
    public async Task It_says_of_every_dataset_what_is_used_and_what_is_not()
    {
        var output = new StringWriter();
        var options = new TrainOptions { Catalog = catalog.Folder, Query = "dataset IN ('floats', 'signed') OR (dataset = 'cube' AND x = 0)", Steps = 1, Patch = 16 };
        await Trainer.RunAsync(options, output, CancellationToken.None);
        output.ToString().ReplaceLineEndings("\n").Should().Contain(
            """
              cube: 4 blocks; left out: 8 not chosen by the query
              floats: 2 blocks; left out: 1 not finite
              signed: 2 blocks
              thin: 0 blocks; left out: 4 not chosen by the query
              wide: 0 blocks; left out: 1 not chosen by the query

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_losses()
    {
        var options = new TrainOptions { Catalog = catalog.Folder, Steps = 3, Patch = 16, OwnLoader = true, Seed = 5 };
        var first = await Trainer.RunAsync(options with { Workers = 1 }, TextWriter.Null, CancellationToken.None);
        var second = await Trainer.RunAsync(options with { Workers = 4 }, TextWriter.Null, CancellationToken.None);
        second.Losses.Should().Equal(first.Losses);
    }

    [Theory]
    [InlineData("", "--catalog: got nothing*")]
    [InlineData("--catalog", "--catalog: got nothing, expected a value.")]
    [InlineData("--catalog x --steps 0", "--steps: got '0', expected a whole number of at least 1.")]
    [InlineData("--catalog x --batch many", "--batch: got 'many'*")]
    [InlineData("--catalog x --patch 30", "--patch: got 30, expected a multiple of 4.")]
    [InlineData("--catalog x --loader fast", "--loader: got 'fast', expected torch or own.")]
    [InlineData("--catalog x --epochs 3", "--epochs: got an unknown option*")]
    public void A_wrong_command_line_is_a_configuration_error(string arguments, string message)
    {
        var act = () => TrainOptions.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        act.Should().Throw<EmException>().WithMessage(message).Which.Fault.Should().Be(Fault.Configuration);
    }

    [Fact]
    public async Task Training_can_be_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var act = () => Trainer.RunAsync(new TrainOptions { Catalog = catalog.Folder }, TextWriter.Null, stop.Token);
        await act.Should().ThrowAsync<OperationCanceledException>();
    }
}
