using EmPipeline.Stages.Inspect;
using EmPipeline.Volumes;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Describes a file or folder that a reader knows.</summary>
[MSBuildMultiThreadableTask]
public sealed class InspectPath : PipelineTask
{
    public string? Input { get; set; }

    public string? OutputFile { get; set; }

    public string? Digest { get; set; }

    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(Input))
            throw new EmException(Fault.Configuration, "--input: got nothing, expected the path of a file or folder: ./build.sh Inspect --input PATH [--output FILE.json] [--digest].");
        var json = await Inspection.DescribeAsync(Input, Digest == "true", cancellation);
        if (string.IsNullOrEmpty(OutputFile))
            Log.LogMessage(MessageImportance.High, "{0}", json.TrimEnd());
        else
            await File.WriteAllTextAsync(OutputFile, json, cancellation);
    }
}
