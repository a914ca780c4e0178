using System.Buffers.Binary;
using EmPipeline.Catalog;
using EmPipeline.Stages.Catalog;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Status;
using EmPipeline.Stages.Verify;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Labels;

/// <summary>Labels of a whole graph: what runs and why, what the catalogue says, what is mended, and that they leave their image as it is.</summary>
public sealed class LabelsInTheCatalogueTests : IAsyncDisposable
{
    private static readonly NdIndex Shape = new(4, 40, 50);
    private readonly SmallPipeline _pipeline = new();

    public LabelsInTheCatalogueTests() => WriteLabels(new Box(new NdIndex(1, 10, 20), new NdIndex(2, 5, 6)), 3);

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Fact]
    public async Task A_label_goes_through_the_stages_by_itself()
    {
        Configure("kind: classes, classes: { 3: mitochondria }");
        (await _pipeline.RunAsync()).Should().Contain(["remote: Rechunk", "remote/things: Download", "remote/things: Verify", "remote/things: ExtractMetadata", "remote/things: Rechunk"]);
        _pipeline.Problems.Should().BeEmpty();
        (await _pipeline.RunAsync()).Should().BeEmpty();
        _pipeline.ToDo().Should().BeEmpty();

        var image = Ledger.Read(_pipeline.Data.LedgerFile("remote", Stage.Rechunk))!.Product;
        Configure("kind: classes, classes: { 3: nuclei }");
        _pipeline.ToDo().Should().Equal("remote/things: Rechunk");
        (await _pipeline.RunAsync()).Should().Equal("(all): Catalog", "remote/things: Rechunk");
        Ledger.Read(_pipeline.Data.LedgerFile("remote", Stage.Rechunk))!.Product.Should().Be(image);

        (await _pipeline.RunAsync(only: "remote")).Should().BeEmpty("a dataset's name means its labels too");
        StatusReport.Of(_pipeline.Open(), ["remote"]).Select(row => row.Dataset).Distinct().Should().Equal("remote", "remote/things", "(all)");
        StatusReport.Of(_pipeline.Open(), ["remote/things"]).Select(row => row.Dataset).Distinct().Should().Equal("remote/things", "(all)");
    }

    [Fact]
    public async Task The_catalogue_counts_what_is_there_and_no_label_is_an_image()
    {
        Configure("kind: classes, classes: { 3: mitochondria, 5: ghosts }, annotation: manual, licence: CC0-1.0");
        await _pipeline.RunAsync();
        _pipeline.Problems.Should().Contain("datasets.remote.labels.things: got no voxel of class ghosts");

        var catalog = await CatalogReader.OpenAsync(_pipeline.Data.Catalog, cancellation: TestContext.Current.CancellationToken);
        var volumes = await catalog.ReadLabelVolumesAsync(TestContext.Current.CancellationToken);
        volumes.Select(volume => (volume.Dataset, volume.Origin, volume.Label, volume.Level, volume.Kind, volume.Annotation, volume.Licence)).First()
            .Should().Be(("remote", "groundtruth", "things", 0, "classes", "manual", "CC0-1.0"));
        var finest = volumes.First();
        (finest.Shape, finest.VoxelSize, finest.Centre, finest.Type).Should().Be((Shape, new VoxelSize(8, 8, 8), (0.0, 0.0, 0.0), VoxelType.UInt64));
        (await catalog.ReadVolumesAsync(TestContext.Current.CancellationToken)).Select(volume => volume.Dataset).Distinct().Should().BeEquivalentTo("local", "remote");
        Scalar("select voxels from label_blocks where class = 'mitochondria'").Should().Be(60);
        Scalar("select sum(voxels) from label_chunks where class = 'mitochondria'").Should().Be(60);
        Scalar("select count(*) from label_chunks where class = 'ghosts'").Should().Be(0);
        Scalar("select count(*) from labelled_blocks where mitochondria_share > 0").Should().Be(1);
        Scalar("select count(*) from blocks where dataset not in ('local', 'remote')").Should().Be(0);

        foreach (var volume in volumes)
        {
            var shards = await catalog.ReadStoredShardsAsync(volume, TestContext.Current.CancellationToken);
            foreach (var shard in Box.Whole(NdIndex.CeilingDivide(volume.Shape, volume.Shard)).CellsTouched(NdIndex.Filled(3, 1)))
                shards!.IsStored(shard).Should().Be(File.Exists(Path.Combine(catalog.Locate(volume.Path), "c", $"{shard[0]}", $"{shard[1]}", $"{shard[2]}")));
        }

        Scalar("select count(*) from label_shards").Should().Be(volumes.Sum(volume => NdIndex.CeilingDivide(volume.Shape, volume.Shard).Volume));
        Scalar("select sum(stored_bytes) from label_shards").Should().Be(volumes.Sum(volume => volume.StoredBytes));
    }

    [Fact]
    public async Task Ids_of_64_bits_are_kept_exactly()
    {
        WriteLabels(new Box(new NdIndex(0, 0, 0), new NdIndex(4, 4, 4)), (1UL << 53) + 1, (1UL << 53) + 2, ulong.MaxValue);
        Configure("kind: instances, unknown: [18446744073709551615]");
        await _pipeline.RunAsync();
        Scalar("select objects from label_blocks").Should().Be(2);
        Scalar("select known from label_blocks").Should().Be(Shape.Volume - 64);
        Scalar("select voxels from label_blocks").Should().Be(128);
    }

    [Fact]
    public async Task Labels_that_fail_leave_their_image_whole()
    {
        File.WriteAllBytes(_pipeline["labels.npy"], [1, 2, 3]);
        Configure("kind: instances, format: tiff", "labels.npy");
        await _pipeline.RunAsync();
        _pipeline.Problems.Should().Contain("remote/things: not in the catalogue");
        var catalog = await CatalogReader.OpenAsync(_pipeline.Data.Catalog, cancellation: TestContext.Current.CancellationToken);
        (await catalog.ReadVolumesAsync(TestContext.Current.CancellationToken)).Select(volume => volume.Dataset).Distinct().Should().BeEquivalentTo("local", "remote");
    }

    [Fact]
    public async Task Labels_of_fractions_are_refused_before_a_voxel_of_them_is_written()
    {
        var array = _pipeline["labels/em/s0/.zarray"];
        File.WriteAllText(array, File.ReadAllText(array).Replace("<u8", "<f8", StringComparison.Ordinal));
        Configure("kind: instances");
        await _pipeline.RunAsync();
        _pipeline.Problems.Should().Contain("datasets.remote.labels.things: got voxels of float64, expected integers.");
        Directory.Exists(Path.Combine(_pipeline.Data.Zarr("remote"), "labels/groundtruth/things")).Should().BeFalse();
    }

    [Fact]
    public async Task A_damaged_shard_or_count_of_a_label_is_set_aside_and_made_again()
    {
        Configure("kind: instances");
        await _pipeline.RunAsync();
        var (token, run) = (TestContext.Current.CancellationToken, _pipeline.Open());
        var context = run.Context("remote/things");
        var shard = Directory.EnumerateFiles(Path.Combine(context.Zarr, "s0", "c"), "*", SearchOption.AllDirectories).Single();
        foreach (var path in (string[])[shard, _pipeline.Data.LabelStatistics("remote/things")])
        {
            var bytes = File.ReadAllBytes(path);
            var damaged = bytes.ToArray();
            damaged[^9] ^= 1;
            File.WriteAllBytes(path, damaged);
            var check = async () => await WrittenCheck.RunAsync(context, token);
            (await check.Should().ThrowAsync<EmException>()).Which.Message.Should().Contain(path).And.Contain("set aside");
            File.Exists(path).Should().BeFalse();
            (await _pipeline.RunAsync()).Should().Contain("remote/things: Rechunk").And.NotContain("remote: Rechunk");
            File.ReadAllBytes(path).Should().Equal(bytes);
        }
    }

    private void Configure(string label, string file = "labels/em/s0") => _pipeline.Configure(remote: $$"""
        , facts: { voxel_size_z_nm: 8, voxel_size_y_nm: 8, voxel_size_x_nm: 8 }, labels: { things: { source: { file: "{{_pipeline[file]}}" }, voxelSize: [8, 8, 8], offset: [0, 0, 0], {{label}} } }
        """);

    /// <summary>An array of zeros but for boxes of these ids, one further on in x than the one before.</summary>
    private void WriteLabels(Box box, params ReadOnlySpan<ulong> ids)
    {
        var voxels = new byte[Shape.Volume * 8];
        for (var i = 0; i < ids.Length; i++)
        {
            foreach (var at in new Box(box.Origin + new NdIndex(0, 0, i * box.Shape[2]), box.Shape).CellsTouched(NdIndex.Filled(3, 1)))
                BinaryPrimitives.WriteUInt64LittleEndian(voxels.AsSpan((int)(8 * ((((at[0] * Shape[1]) + at[1]) * Shape[2]) + at[2]))), ids[i]);
        }

        _pipeline.Write("labels/em/s0/.zarray", $$"""{ "zarr_format": 2, "shape": [4, 40, 50], "chunks": [4, 40, 50], "dtype": "<u8", "compressor": null, "fill_value": 0, "order": "C", "filters": null }""");
        File.WriteAllBytes(_pipeline["labels/em/s0/0.0.0"], voxels);
    }

    private long Scalar(string sql)
    {
        using var connection = new DuckDB.NET.Data.DuckDBConnection($"Data Source={Path.Combine(_pipeline.Data.Catalog, "catalog.duckdb")};ACCESS_MODE=READ_ONLY");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return long.Parse(command.ExecuteScalar()!.ToString()!, System.Globalization.CultureInfo.InvariantCulture);
    }
}
