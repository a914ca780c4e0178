using System.Text.Json.Nodes;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;
using EmPipeline.Zarr.Tests.Interop;

namespace EmPipeline.Zarr.Tests.Labels;

/// <summary>What an image's group says of its labels, and a label's of itself.</summary>
public sealed class LabelMetadataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static LabelDescription Mitochondria { get; } = new()
    {
        Origin = "groundtruth", Name = "mitochondria", Centre = (4, -4.5, 104), Annotation = "automatic",
        Scheme = LabelScheme.OfClasses(new Dictionary<Int128, string> { [1] = "mitochondria", [7] = "er" }, [4, ulong.MaxValue]),
    };

    private static LabelDescription Neurons { get; } = new() { Origin = "groundtruth", Name = "neurons", Scheme = LabelScheme.Instances("neuron") };

    private async Task Image() => await ZarrRechunkTests.RunAsync(MemoryVolume.Make(new NdIndex(40, 50, 60), VoxelType.UInt8), _folder, ZarrRechunkTests.Options());

    private Task<RechunkResult> Label(LabelDescription label, VoxelType type = VoxelType.UInt64) => Label(label, MemoryVolume.Make(new NdIndex(20, 25, 70), type));

    private Task<RechunkResult> Label(LabelDescription label, MemoryVolume source) => ZarrRechunk.RunAsync(
        source, Box.Whole(source.Info.Shape), _folder[$"v.zarr/{label.Path}"], _folder[$"{label.Name}.shards"],
        ZarrRechunkTests.Options() with { Name = label.Name, Label = label, VoxelSize = new VoxelSize(16, 17, 16) });

    private JsonNode Attributes(string group) => JsonNode.Parse(File.ReadAllText(_folder[$"v.zarr/{group}/zarr.json"]))!["attributes"]!;

    [Theory]
    [InlineData("label.schema", true)]
    [InlineData("label.schema", false)]
    [InlineData("strict_label.schema", true)]
    [InlineData("strict_image.schema", true)]
    [InlineData("image.schema", false)]
    public async Task A_label_is_valid_by_the_schema(string schema, bool hasClasses)
    {
        OtherSoftware.Require("ajv");
        var schemas = SharedData.Require("schemas/ngff-0.5");
        var label = hasClasses ? Mitochondria : Neurons;
        await Label(label);
        (await OtherSoftware.RunAsync("node", "validate.mjs", schemas, schema, _folder[$"v.zarr/{label.Path}/zarr.json"])).Trim().Should().Be("valid");
    }

    [Fact]
    public async Task Its_levels_lie_where_the_centres_of_their_voxels_do()
    {
        await Label(Mitochondria);
        var datasets = Attributes(Mitochondria.Path)["ome"]!["multiscales"]![0]!["datasets"]!;
        Translation(0).Should().Equal(4, -4.5, 104);
        Translation(1).Should().Equal(4 + 8, -4.5 + 8.5, 104 + 8);

        double[] Translation(int level) => [.. datasets[level]!["coordinateTransformations"]![1]!["translation"]!.AsArray().Select(value => (double)value!)];
    }

    [Fact]
    public async Task It_says_what_its_values_mean_and_whose_label_it_is()
    {
        await Image();
        await Label(Mitochondria);
        var attributes = Attributes(Mitochondria.Path);
        var label = attributes["ome"]!["image-label"]!;
        Directory.Exists(Path.Combine(_folder[$"v.zarr/{Mitochondria.Path}"], (string)label["source"]!["image"]!, "s0")).Should().BeTrue("the path leads to the image");
        label["properties"]!.AsArray().Select(entry => ((ulong)entry!["label-value"]!, (string?)entry["class"])).Should().Equal((1, "mitochondria"), (7, "er"), (4, null), (ulong.MaxValue, null));
        label["colors"]!.AsArray().Select(entry => entry!["rgba"]!.ToJsonString()).Distinct().Should().HaveCount(2);
        attributes["ome"]!["omero"].Should().BeNull();
        attributes["cellmap"]!["annotation"]!["annotation_type"]!.ToJsonString().Should().Be("""{"type":"semantic_segmentation","encoding":{"absent":0,"unknown":4}}""");
        attributes["empipeline"]!["label"]!["unknown"]!.AsArray().Select(value => (ulong)value!).Should().Equal(4, ulong.MaxValue);
        await Label(Neurons);
        Attributes(Neurons.Path)["ome"]!["image-label"]!["colors"].Should().BeNull("objects are told apart by their numbers");
        ((string)Attributes(Neurons.Path)["cellmap"]!["annotation"]!["class_name"]!).Should().Be("neuron");
    }

    [Fact]
    public async Task The_image_lists_the_labels_that_are_finished_and_stays_as_it_is()
    {
        await Image();
        var before = await File.ReadAllBytesAsync(_folder["v.zarr/zarr.json"], TestContext.Current.CancellationToken);
        await Label(Neurons);
        await Label(Mitochondria with { Origin = "prediction" });
        Directory.CreateDirectory(_folder["v.zarr/labels/groundtruth/unfinished/s0"]);
        LabelGroups.Write(_folder["v.zarr"]);
        List().Should().Equal("groundtruth/neurons", "prediction/mitochondria");
        File.Exists(_folder["v.zarr/labels/groundtruth/zarr.json"]).Should().BeTrue();
        (await File.ReadAllBytesAsync(_folder["v.zarr/zarr.json"], TestContext.Current.CancellationToken)).Should().Equal(before);

        // Made again, the image keeps its labels; one that is removed is listed no longer.
        await ZarrRechunkTests.RunAsync(MemoryVolume.Make(new NdIndex(40, 50, 60), VoxelType.UInt8), _folder, ZarrRechunkTests.Options() with { SourceIdentity = "another" });
        Directory.Delete(_folder["v.zarr/labels/groundtruth/neurons"], recursive: true);
        LabelGroups.Write(_folder["v.zarr"]);
        List().Should().Equal("prediction/mitochondria");
        Directory.Delete(_folder["v.zarr/labels/prediction/mitochondria"], recursive: true);
        LabelGroups.Write(_folder["v.zarr"]).Should().BeEmpty();
        File.Exists(_folder["v.zarr/labels/zarr.json"]).Should().BeFalse();
    }

    [Fact]
    public async Task What_a_killed_writer_left_between_image_and_labels_is_gone_after_the_next_and_what_others_put_there_is_not()
    {
        await Image();
        await Label(Neurons);
        string[] leftovers = [_folder["v.zarr/labels/.zarr.json.0123456789abcdef0123456789abcdef.tmp"], _folder["v.zarr/labels/groundtruth/.zarr.json.0123456789abcdef0123456789abcdef.tmp"], _folder["v.zarr/labels/.guard"]];
        foreach (var file in leftovers.Append(_folder["v.zarr/labels/notes.txt"]))
            await File.WriteAllTextAsync(file, "{", TestContext.Current.CancellationToken);
        await Label(Mitochondria);
        leftovers.Should().OnlyContain(file => !File.Exists(file));
        File.Exists(_folder["v.zarr/labels/notes.txt"]).Should().BeTrue();
        List().Should().HaveCount(2);
    }

    [Fact]
    public async Task Labels_that_finish_at_once_are_all_listed()
    {
        var labels = Enumerable.Range(0, 12).Select(i => Neurons with { Name = $"label{i:00}" }).ToList();
        await Parallel.ForEachAsync(labels, async (label, _) => await Label(label, MemoryVolume.Make(new NdIndex(4, 5, 6), VoxelType.UInt8)));
        List().Should().Equal(labels.Select(label => $"groundtruth/{label.Name}"));
    }

    [Fact]
    public async Task Our_reader_opens_labels_after_their_image()
    {
        await Image();
        await Label(Neurons);
        await using var store = new LocalStore(_folder.Path);
        var volumes = await ZarrVolumes.OpenAsync(new VolumePath(store, "v.zarr"), TestContext.Current.CancellationToken);
        volumes[0].Info.Name.Should().Be("s0");
        var first = volumes.Single(volume => volume.Info.Name == "labels/groundtruth/neurons/s0");
        (first.Info.Level, first.Info.VoxelSize).Should().Be((0, new VoxelSize(16, 17, 16)));
        foreach (var volume in volumes)
            await volume.DisposeAsync();
    }

    [Fact]
    public async Task Coarser_levels_hold_the_most_frequent_value_whatever_the_type()
    {
        byte[] voxels = [1, 1, 9, 9, 1, 9, 9, 200];
        var source = new MemoryVolume(new NdIndex(2, 2, 2), VoxelType.UInt8, NdIndex.Filled(3, 2), voxels);
        await ZarrRechunk.RunAsync(
            source, Box.Whole(source.Info.Shape), _folder[$"v.zarr/{Neurons.Path}"], _folder["n.shards"], ZarrRechunkTests.Options() with { Label = Neurons, VoxelSize = new VoxelSize(8, 8, 8), Levels = 2 });
        await using var store = new LocalStore(_folder.Path);
        await using var coarse = (await ZarrVolumes.OpenAsync(new VolumePath(store, $"v.zarr/{Neurons.Path}/s1"), TestContext.Current.CancellationToken)).Single();
        var voxel = new byte[1];
        await coarse.ReadAsync(Box.Whole(coarse.Info.Shape), voxel, TestContext.Current.CancellationToken);
        voxel.Should().Equal(9);
    }

    [Theory]
    [InlineData(VoxelType.Float32, "*float32*")]
    public async Task Numbers_with_fractions_are_no_labels(VoxelType type, string message)
    {
        var act = () => Label(Neurons, type);
        (await act.Should().ThrowAsync<EmException>().WithMessage(message)).Which.Fault.Should().Be(Fault.Unsupported);
    }

    private string[] List() => [.. Attributes("labels")["ome"]!["labels"]!.AsArray().Select(label => (string)label!)];
}
