using EmPipeline.Stages.Status;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Draws the declared graph with what is up to date, what is not, and why: as text, and as a picture.</summary>
[MSBuildMultiThreadableTask]
public sealed class ShowGraph : RunTask
{
    public string? Only { get; set; }

    /// <summary>Where the picture goes; empty: in the data folder's logs.</summary>
    public string? OutputFile { get; set; }

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var run = Run();
        var nodes = GraphReport.Of(run, Names(Only));
        Print(run.Data.Root);
        foreach (var line in GraphText.Of(nodes).Split('\n'))
            Print(line);
        var file = string.IsNullOrEmpty(OutputFile) ? run.Data.Graph : OutputFile;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, GraphSvg.Of(nodes, $"EmPipeline: {run.Data.Root}"), cancellation);
        Print($"Picture: {file}");
    }

    private void Print(string line) => Log.LogMessage(MessageImportance.High, "{0}", line);
}
