using EmPipeline.Stages.Execution;
using TaskStatus = EmPipeline.Stages.Execution.TaskStatus;

namespace EmPipeline.Stages.Tests.Execution;

/// <summary>A task that was handed over ends, whatever becomes of it.</summary>
public sealed class LocalProcessesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("empipeline-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_task_whose_log_cannot_be_written_ends_and_says_so()
    {
        // No program at all: the host says so and ends, which is then to be written where a folder lies.
        var worker = Path.Combine(_folder, "worker.dll");
        File.WriteAllText(worker, "");
        var tasks = new TaskArray("a", Path.Combine(_folder, "job.json"), [0], 1, 1, 1);
        Directory.CreateDirectory(tasks.Log(0));
        using var executor = new LocalProcesses(new WorkerProgram(worker), 1);
        await executor.SubmitAsync(tasks, TestContext.Current.CancellationToken);
        TaskState state;
        do
        {
            await Task.Yield();
            state = (await executor.QueryAsync([tasks], TestContext.Current.CancellationToken))[("a", 0)];
        }
        while (state.Status != TaskStatus.Ended && !TestContext.Current.CancellationToken.IsCancellationRequested);

        state.Reason.Should().Contain(tasks.Log(0));
    }
}
