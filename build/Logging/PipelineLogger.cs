using EmPipeline.Stages;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Spectre.Console;

namespace EmPipeline.Build.Logging;

/// <summary>
/// What a person sees of a run: live bars on a terminal and plain lines elsewhere, errors as they come, a closing table. Everything
/// also goes to a log file of JSON lines below the data folder. Parameters: "target=NAME" and "plain".
/// </summary>
public sealed class PipelineLogger : Logger
{
    private readonly Dictionary<int, string> _datasetOfProject = [];
    private readonly StageTable _table = new();
    private readonly RunLog _log = new();
    private IProgressView _view = null!;
    private string _target = "";
    private string? _report;
    private DateTime _started;

    public override void Initialize(IEventSource eventSource)
    {
        var parameters = (Parameters ?? "").Split(';');
        _target = parameters.FirstOrDefault(parameter => parameter.StartsWith("target=", StringComparison.Ordinal))?["target=".Length..] ?? "";
        var live = AnsiConsole.Profile.Out.IsTerminal && AnsiConsole.Profile.Capabilities.Ansi && !parameters.Contains("plain");
        _view = live ? new LiveView() : new PlainView();

        eventSource.BuildStarted += (_, e) => _started = e.Timestamp;
        eventSource.ProjectStarted += (_, e) =>
        {
            if (e.GlobalProperties?.TryGetValue("Name", out var name) == true)
                _datasetOfProject[e.BuildEventContext!.ProjectInstanceId] = name;
        };
        eventSource.MessageRaised += (_, e) => OnMessage(e);
        eventSource.WarningRaised += (_, e) => OnProblem("warning", e.Code, e.Message, e.Timestamp);
        eventSource.ErrorRaised += (_, e) => OnProblem("error", e.Code, Placed(e), e.Timestamp);
        eventSource.BuildFinished += (_, e) => OnFinished(e);
    }

    public override void Shutdown() => _log.Dispose();

    private void OnMessage(BuildMessageEventArgs e)
    {
        switch (e)
        {
            case ExtendedBuildMessageEventArgs { ExtendedType: StageEvent.EventType } extended:
                var stage = StageEvent.From(extended);
                _log.Open(stage.Data);
                if (stage.State != StageState.Running)
                    _log.Write(e.Timestamp, "stage", stage.Fields);
                _log.Sign(stage);
                _table.Update(stage);
                _view.Update(stage);
                if (stage is { Stage: "Catalog", State: StageState.Done })
                    _report = new DataFolder(stage.Data).Report;
                break;
            case TargetSkippedEventArgs { SkipReason: TargetSkipReason.OutputsUpToDate } skipped:
                var dataset = _datasetOfProject.GetValueOrDefault(e.BuildEventContext!.ProjectInstanceId, "(all)");
                _table.Update(new StageEvent(dataset, skipped.TargetName!.Replace("BuildCatalog", "Catalog", StringComparison.Ordinal), StageState.UpToDate));
                break;
            default:
                if (e.Importance == MessageImportance.High && e.SenderName != "MSBuild")
                {
                    _view.Write(e.Message ?? "");
                    _log.Write(e.Timestamp, "message", new() { ["text"] = e.Message });
                }

                break;
        }
    }

    private void OnProblem(string kind, string? code, string? text, DateTime time)
    {
        // MSBuild's remark that it goes on after a failed project only repeats the failure.
        if (kind == "warning" && code is "MSB4181" or "MSB3073")
            return;
        _log.Write(time, kind, new() { ["text"] = text });
        // A defect's stack trace is for the log; a person needs to know that it is one.
        var shown = code == "MSB4018" ? string.Join(' ', (text ?? "").Split('\n').Take(2)) + " This is a defect of the pipeline; the run's log has the rest." : text;
        _view.Write($"{kind}: {shown}", kind == "error" ? ConsoleColor.Red : ConsoleColor.Yellow);
    }

    private void OnFinished(BuildFinishedEventArgs e)
    {
        _view.Dispose();
        _log.Write(e.Timestamp, "finished", new() { ["succeeded"] = e.Succeeded });
        _table.Print(e.Timestamp - _started);
        if (!_table.IsEmpty)
            _view.PrintProblems();
        // Past Spectre, which would break a path.
        var writer = AnsiConsole.Console.Profile.Out.Writer;
        if (_report is not null)
            writer.WriteLine($"Report: {_report}");
        if (!_table.IsEmpty && _log.File is { } file)
            writer.WriteLine($"Log: {file}");
        if (!e.Succeeded && _table.IsEmpty)
            Console.Error.WriteLine($"{_target} failed.");
    }

    // An error of the pipeline names its own place; one of MSBuild itself needs its file and line.
    private static string Placed(BuildErrorEventArgs e) =>
        string.IsNullOrEmpty(e.Code) || e.Code.StartsWith("EMP", StringComparison.Ordinal) || string.IsNullOrEmpty(e.File) ? e.Message ?? "" : $"{e.File}({e.LineNumber}): {e.Code}: {e.Message}";
}
