using EmPipeline.Volumes;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>Refuses a --parameter that no target knows: a typing error must not pass for a default.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckParameters : PipelineTask
{
    // Set by the build itself, not by a user.
    private static readonly string[] Internal = ["Mirror"];

    [Required]
    public ITaskItem[] Known { get; set; } = [];

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellation)
    {
        var known = Known.Select(item => item.ItemSpec).Concat(Internal).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var name in ((IBuildEngine6)BuildEngine).GetGlobalProperties().Keys.Where(name => !known.Contains(name) && !name.StartsWith("MSBuild", StringComparison.Ordinal)))
        {
            throw new EmException(
                Fault.Configuration,
                $"got --{ShowHelp.Option(name)}, expected one of {string.Join(", ", Known.Select(item => "--" + ShowHelp.Option(item.ItemSpec)))}. ./build.sh --help explains them.");
        }

        return System.Threading.Tasks.Task.CompletedTask;
    }
}
