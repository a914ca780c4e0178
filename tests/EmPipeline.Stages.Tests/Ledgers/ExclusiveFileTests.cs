using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages.Tests.Ledgers;

public sealed class ExclusiveFileTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_holder_at_a_time(bool leaveNothing)
    {
        using var folder = new TemporaryFolder();
        var (inside, most) = (0, 0);
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, cancellation) =>
        {
            using var turn = await ExclusiveFile.AcquireAsync(folder["guard"], cancellation, leaveNothing);
            most = Math.Max(most, Interlocked.Increment(ref inside));
            Interlocked.Decrement(ref inside);
        });
        most.Should().Be(1);
        File.Exists(folder["guard"]).Should().Be(!leaveNothing);
    }

    [Fact]
    public async Task Who_waits_can_be_cancelled()
    {
        using var folder = new TemporaryFolder();
        using var holder = await ExclusiveFile.AcquireAsync(folder["guard"], CancellationToken.None, leaveNothing: true);
        using var soon = new CancellationTokenSource();
        var waits = ExclusiveFile.AcquireAsync(folder["guard"], soon.Token, leaveNothing: true);
        await soon.CancelAsync();
        await waits.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        File.Exists(folder["guard"]).Should().BeTrue();
    }
}
