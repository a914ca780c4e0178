using System.Globalization;
using EmPipeline.Stages.Verify;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Reads back what Rechunk wrote of one dataset.</summary>
[MSBuildMultiThreadableTask]
public sealed class VerifyWritten : RunTask
{
    [Required]
    public string Dataset { get; set; } = "";

    public string? Jobs { get; set; }

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var progress = new ProgressReporter(BuildEngine, Data, Dataset, nameof(VerifyWritten));
        var context = Run().Context(Dataset) with
        {
            Threads = string.IsNullOrEmpty(Jobs) ? Environment.ProcessorCount : int.Parse(Jobs, CultureInfo.InvariantCulture),
            Progress = progress,
        };
        await progress.RunAsync(() => WrittenCheck.RunAsync(context, cancellation));
    }
}
