using Spectre.Console;
using Spectre.Console.Rendering;

namespace EmPipeline.Build.Logging;

/// <summary>How much of how much, how fast, and the time that is left; empty until it is known how much there is to do. One line, whatever the terminal's width.</summary>
internal sealed class AmountColumn : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        if (task.IsIndeterminate)
            return Text.Empty;
        var text = $"{task.Percentage:0} % of {Amounts.Bytes(task.MaxValue)}";
        if (task.Speed is { } speed)
            text += $", {Amounts.Rate(speed)}";
        if (options.ConsoleSize.Width >= 100 && task.RemainingTime is { } left && left < TimeSpan.FromDays(1))
            text += $", {left:h\\:mm\\:ss} left";
        return new Text(text);
    }
}
