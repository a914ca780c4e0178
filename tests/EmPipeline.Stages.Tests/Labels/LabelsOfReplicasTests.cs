using System.Globalization;
using System.Security.Cryptography;
using EmPipeline.Formats;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Tests.Labels;

/// <summary>Images with labels that other software wrote go through the stages: every id exact, every place in nanometres as it was recorded.</summary>
public sealed class LabelsOfReplicasTests : IDisposable
{
    private static readonly string Root = SharedData.Locate("replicas/labels-like") ?? "";
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string, string, string, string> Labels => new()
    {
        {
            "hemibrain-like", $"source: {{ precomputed: \"file://{Root}/hemibrain-like/emdata/raw\" }}",
            $"source: {{ precomputed: \"file://{Root}/hemibrain-like/v1.2/segmentation\" }}, kind: instances", "hemibrain-like/v1.2/segmentation", "-"
        },
        {
            "hemibrain-like", $"source: {{ precomputed: \"file://{Root}/hemibrain-like/emdata/raw\" }}",
            $"source: {{ precomputed: \"file://{Root}/hemibrain-like/mito\" }}, kind: classes, classes: {{ 1: mitochondria }}, unknown: [4]", "hemibrain-like/mito", "-"
        },
        {
            "nacc-like", $"source: {{ file: {Root}/nacc-like/nacc_labels.zarr/recon-2/em/fibsem-int16, level: s0 }}",
            $"source: {{ file: {Root}/nacc-like/nacc_labels.zarr/recon-2/labels/inference/segmentations/nuc, level: s0 }}, kind: instances, annotation: manual",
            "nacc-like/nacc_labels.zarr", "recon-2/labels/inference/segmentations/nuc/s0"
        },
        {
            "cremi-like", $"source: {{ file: {Root}/cremi-like/sample.hdf }}, volume: volumes/raw",
            $"source: {{ file: {Root}/cremi-like/sample.hdf }}, volume: volumes/labels/neuron_ids, kind: instances, unknown: [18446744073709551615]",
            "cremi-like/sample.hdf", "/volumes/labels/neuron_ids"
        },
        {
            "epfl-like", $"source: {{ file: {Root}/epfl-like/training.tif }}, facts: {{ voxel_size_z_nm: 5, voxel_size_y_nm: 5, voxel_size_x_nm: 5 }}",
            $"source: {{ file: {Root}/epfl-like/training_groundtruth.tif }}, kind: classes, classes: {{ 255: mitochondria }}, voxelSize: [5, 5, 5]", "epfl-like/training_groundtruth.tif", "-"
        },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Labels))]
    public async Task Labels_are_written_as_they_are_and_where_they_are(string name, string image, string label, string path, string array)
    {
        SharedData.Require("replicas/labels-like");
        var run = new StageRun(_folder);
        await run.RunAsync(Config(image, label));

        var recorded = Recorded(path, array);
        var (shape, voxels) = await run.WrittenAsync("mine/things");
        string.Join('x', shape.ToArray()).Should().Be(recorded["shape_zyx"], name);
        Convert.ToHexStringLower(SHA256.HashData(voxels)).Should().Be(recorded["sha256"]);
        var metadata = Ledger.Read(run.Data.LedgerFile("mine/things", Stage.ExtractMetadata))!.ResultAs<MetadataResult>();
        metadata.VoxelSizeNm.Should().Equal(Numbers(recorded["voxel_size_nm_zyx"]).Select(number => (double?)number));
        // What lies inside the big volume is a dataset of its own here.
        ShouldBeAt(metadata.LabelCentreNm!, name == "epfl-like" ? [0, 0, 0] : Numbers(recorded["centre_of_first_voxel_nm_zyx"]));
        run.Warnings.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public async Task A_crop_has_the_labels_whose_centres_lie_in_it(string name, string image, string label, string path, string array)
    {
        SharedData.Require("replicas/labels-like");
        // Odd, so that its edges cut coarser labels anywhere.
        var crop = new Box(new NdIndex(11, 37, 41), new NdIndex(13, 39, 45));
        var run = new StageRun(_folder);
        await run.RunAsync(Config($"{image}, crop: {{ shape: [{string.Join(", ", crop.Shape.ToArray())}], origin: [{string.Join(", ", crop.Origin.ToArray())}] }}", label));

        var (imageSize, recorded) = (Ledger.Read(run.Data.LedgerFile("mine", Stage.ExtractMetadata))!.ResultAs<MetadataResult>().VoxelSizeNm, Recorded(path, array));
        var (size, first) = (Numbers(recorded["voxel_size_nm_zyx"]), name == "epfl-like" ? [0, 0, 0] : Numbers(recorded["centre_of_first_voxel_nm_zyx"]));
        var whole = recorded["shape_zyx"].Split('x').Select(long.Parse).ToArray();
        var (origin, end) = (new long[3], new long[3]);
        for (var axis = 0; axis < 3; axis++)
        {
            // In hundredths of nanometres, where all of these are whole numbers: no rounding decides about an edge.
            long Units(double nm) => (long)Math.Round(nm * 100);
            var inside = Enumerable.Range(0, (int)whole[axis]).Where(i => 2 * (Units(first[axis]) + (i * Units(size[axis]))) is var twice
                && twice >= ((2 * crop.Origin[axis]) - 1) * Units(imageSize[axis]!.Value) && twice < ((2 * crop.End[axis]) - 1) * Units(imageSize[axis]!.Value)).ToList();
            (origin[axis], end[axis]) = (inside[0], inside[^1] + 1);
        }

        var box = Box.FromEnds(new NdIndex(origin), new NdIndex(end));
        var (shape, voxels) = await run.WrittenAsync("mine/things");
        shape.Should().Be(box.Shape);
        voxels.Should().Equal(await CutAsync(path, array, box));
        ShouldBeAt(
            Ledger.Read(run.Data.LedgerFile("mine/things", Stage.ExtractMetadata))!.ResultAs<MetadataResult>().LabelCentreNm!,
            [.. Enumerable.Range(0, 3).Select(axis => first[axis] + (origin[axis] * size[axis]) - (crop.Origin[axis] * imageSize[axis]!.Value))]);
    }

    private static string Config(string image, string label) => $"  mine: {{ {image}, labels: {{ things: {{ {label} }} }} }}\n";

    private static void ShouldBeAt(double[] place, double[] expected)
    {
        foreach (var (got, wanted) in place.Zip(expected))
            got.Should().BeApproximately(wanted, 1e-9);
    }

    private static double[] Numbers(string text) => [.. text.Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];

    /// <summary>A row of arrays-*.tsv, by column.</summary>
    private static Dictionary<string, string> Recorded(string path, string array) => Directory.EnumerateFiles(Root, "arrays-*.tsv").SelectMany(file =>
    {
        var rows = File.ReadAllLines(file).Select(line => line.Split('\t')).ToList();
        return rows.Skip(1).Select(row => rows[0].Zip(row).ToDictionary(pair => pair.First.TrimStart('#'), pair => pair.Second));
    }).Single(row => row["path"] == path && row["array"] == array);

    private static async Task<byte[]> CutAsync(string path, string array, Box box)
    {
        await using var store = new LocalStore(Root);
        var isFolder = path.EndsWith(".zarr", StringComparison.Ordinal);
        var readers = await FormatRegistry.OpenAsync(new VolumePath(store, isFolder ? $"{path}/{array}" : path));
        var reader = readers.Count == 1 ? readers[0] : readers.Single(reader => reader.Info.Name == array.TrimStart('/'));
        var voxels = new byte[box.Volume * reader.Info.Type.Size()];
        await reader.ReadAsync(box, voxels);
        return voxels;
    }
}
