using System.Globalization;
using System.Text.RegularExpressions;
using EmPipeline.Catalog;
using EmPipeline.Storage;
using EmPipeline.Torch.Inference;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Training;

/// <summary>A prediction of dataset "second" that is killed: three layers of shards, two in each, of two outputs.</summary>
internal sealed partial class KilledPrediction(LabelledCatalog catalog, ITestOutputHelper output)
    : KilledProgram(["--task", "predict", "--catalog", catalog.Folder, "--dataset", "second", "--tile", $"{Tile}"], output)
{
    /// <summary>The extent of "second".</summary>
    public static readonly NdIndex Shape = new(3 * Shard, 160, 16);

    private const int Shard = 128, Tile = 16;
    private readonly string[] _made = [catalog.File("zarr/second.zarr/predictions"), catalog.File("zarr/second.zarr/labels/prediction")];
    private Dictionary<string, DateTime> _left = [];
    private int _whole;

    private string Label => Path.Combine(_made[1], "mitochondria");

    private IEnumerable<string> Finest => Made.Where(path => !AtomicFile.IsTemporary(path) && path.Contains("/s0/c/", StringComparison.Ordinal));

    protected override IEnumerable<string> Made => _made.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        // The group of all labels is written by whoever finishes one: what another left there is nobody's to remove.
        .Where(path => Path.GetDirectoryName(path) != _made[1] || !AtomicFile.IsTemporary(path));

    protected override int Progress => Finest.Count();

    protected override void Clear()
    {
        foreach (var folder in _made.Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
        (_left, _whole) = ([], 0);
    }

    protected override void Check(TrainProcess run)
    {
        (PredictedLabel.Read(Label) is null || File.Exists(Path.Combine(Label, "zarr.json"))).Should().BeTrue("what says that a label is finished is written last");
        _left.Where(shard => File.GetLastWriteTimeUtc(shard.Key) != shard.Value).Select(shard => Layer(shard.Key)).Distinct().Count()
            .Should().BeLessThanOrEqualTo(1, "only shards of one layer are written again");
        if (Said().Match(run.Output) is { Success: true } said)
        {
            // Those that end beyond where the last whole layer begins: it alone may be computed again.
            TileAxis[] axes = [.. Enumerable.Range(0, 3).Select(axis => new TileAxis(Shape[axis], Tile, Tile / 4, 0.125))];
            var most = (axes[0].Starts.Count - axes[0].FirstBeyond(Math.Max(0, _whole - 1) * Shard)) * axes[1].Starts.Count * axes[2].Starts.Count;
            int.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture).Should().BeLessThanOrEqualTo(most, "at most one layer is computed again");
        }

        _left = Finest.ToDictionary(path => path, File.GetLastWriteTimeUtc);
        // Layers that are whole in every output.
        _whole = Enumerable.Range(0, 3).TakeWhile(layer => _left.Keys.Count(path => Layer(path) == layer) == 2 * 2).Count();
    }

    private static int Layer(string path) => int.Parse(path.Split('/')[^3], CultureInfo.InvariantCulture);

    [GeneratedRegex("^([0-9]+) tiles in ", RegexOptions.Multiline)]
    private static partial Regex Said();
}
