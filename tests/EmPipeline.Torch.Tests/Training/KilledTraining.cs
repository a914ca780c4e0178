using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using EmPipeline.Train.Segmentation;

namespace EmPipeline.Torch.Tests.Training;

/// <summary>A training on dataset "first" that is killed.</summary>
internal sealed partial class KilledTraining(LabelledCatalog catalog, ITestOutputHelper output)
    : KilledProgram(
        ["--task", "segmentation", "--catalog", catalog.Folder, "--datasets", "first", "--steps", $"{Steps}", "--every", $"{Every}", "--batch", "1", "--patch", "16"], output)
{
    private const int Steps = 24, Every = 2;
    private readonly string _folder = catalog.File("models");
    private int _step;

    protected override IEnumerable<string> Made => Directory.Exists(_folder) ? Directory.EnumerateFiles(_folder).Where(path => path.EndsWith(".checkpoint", StringComparison.Ordinal)) : [];

    /// <summary>The step of the checkpoint; 0 where there is none.</summary>
    protected override int Progress
    {
        get
        {
            if (!Made.Any())
                return 0;
            using var archive = ZipFile.OpenRead(Made.Single());
            using var state = archive.GetEntry("state.json")!.Open();
            return JsonSerializer.Deserialize<CheckpointState>(state)!.Step;
        }
    }

    protected override void Clear()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        _step = 0;
    }

    /// <summary>It goes on from the last checkpoint, so that at most the steps between two are made again.</summary>
    protected override void Check(TrainProcess run)
    {
        var step = Progress;
        step.Should().BeGreaterThanOrEqualTo(_step, "no checkpoint is lost");
        (step % Every).Should().Be(0);
        if (GoesOn().IsMatch(run.Output))
            Number(GoesOn(), run.Output).Should().Be(_step);
        if (!run.IsKilled)
            Number(StepsMade(), run.Output).Should().Be(Steps - _step);
        _step = step;
    }

    private static int Number(Regex said, string text) => said.Match(text) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("goes on after step ([0-9]+)")]
    private static partial Regex GoesOn();

    [GeneratedRegex("^([0-9]+) steps in ", RegexOptions.Multiline)]
    private static partial Regex StepsMade();
}
