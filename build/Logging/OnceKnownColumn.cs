using Spectre.Console;
using Spectre.Console.Rendering;

namespace EmPipeline.Build.Logging;

/// <summary>A column that stays empty until it is known how much there is to do.</summary>
internal sealed class OnceKnownColumn(ProgressColumn inner) : ProgressColumn
{
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        task.IsIndeterminate ? Text.Empty : inner.Render(options, task, deltaTime);
}
