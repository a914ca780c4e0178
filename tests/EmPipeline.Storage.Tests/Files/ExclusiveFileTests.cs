namespace EmPipeline.Storage.Tests;

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
    public void Who_does_not_wait_is_told_that_it_is_held()
    {
        using var folder = new TemporaryFolder();
        using (ExclusiveFile.TryAcquire(folder["new/guard"]))
            ExclusiveFile.TryAcquire(folder["new/guard"]).Should().BeNull();
        using var next = ExclusiveFile.TryAcquire(folder["new/guard"]);
        next.Should().NotBeNull();
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_an_error_and_not_waited_for()
    {
        using var folder = new TemporaryFolder();
        folder.Write("file", "");
        var acquire = () => ExclusiveFile.AcquireAsync(folder["file/guard"], CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));
        (await acquire.Should().ThrowAsync<StorageException>()).Which.Fault.Should().Be(StorageFault.Machine);
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
