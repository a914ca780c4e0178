using System.Text.RegularExpressions;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Prints targets and parameters from the lists in Pipeline.proj.</summary>
[MSBuildMultiThreadableTask]
public sealed partial class ShowHelp : PipelineTask
{
    [Required]
    public ITaskItem[] Targets { get; set; } = [];

    [Required]
    public ITaskItem[] Parameters { get; set; } = [];

    /// <summary>"UpdateLock" → "update-lock". MSBuild keeps "Output" for itself, so that property has a longer name than its option.</summary>
    internal static string Option(string property) => property == "OutputFile" ? "output" : Capital().Replace(property, match => (match.Index > 0 ? "-" : "") + match.Value.ToLowerInvariant());

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        Print("EmPipeline: public 3D electron-microscopy volumes to Zarr shards, a catalogue and training blocks.");
        Print("");
        Print("  ./build.sh [TARGET] [--parameter value ...]");
        Print("");
        Print("Targets");
        foreach (var target in Targets)
            Print($"  {target.ItemSpec,-16} {target.GetMetadata("Text")}");
        Print("");
        Print("Parameters");
        foreach (var parameter in Parameters)
            Print($"  {$"--{Option(parameter.ItemSpec)} {parameter.GetMetadata("Value")}".TrimEnd(),-24} {parameter.GetMetadata("Text")}");
        Print("");
        Print("Start with ./build.sh Demo; it needs no network. Errors name the place, what was found, and what to do.");
        return System.Threading.Tasks.Task.CompletedTask;
    }

    private void Print(string line) => Log.LogMessage(MessageImportance.High, "{0}", line);

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
