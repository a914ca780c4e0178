using EmPipeline.Catalog;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Tests.Catalog;

/// <summary>Labels that were predicted beside an image: in the catalogue as long as they are there, finished, and of the image as it is.</summary>
public sealed class PredictedLabelsTests : IAsyncDisposable
{
    private static readonly NdIndex Shape = new(4, 40, 50);
    private readonly SmallPipeline _pipeline = new();

    public PredictedLabelsTests() => _pipeline.Configure(remote: ", facts: { voxel_size_z_nm: 8, voxel_size_y_nm: 8, voxel_size_x_nm: 8 }");

    private string Label => Path.Combine(_pipeline.Data.Zarr("remote"), "labels/prediction/nuclei");

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Fact]
    public async Task A_prediction_has_the_rows_that_any_label_has()
    {
        await _pipeline.RunAsync();
        await PredictAsync("model-1", 60);
        (await _pipeline.RunAsync()).Should().Equal(["(all): Catalog"], "what was predicted is the catalogue's matter alone");
        (await _pipeline.RunAsync()).Should().BeEmpty();

        var catalog = await CatalogReader.OpenAsync(_pipeline.Data.Catalog, cancellation: TestContext.Current.CancellationToken);
        var volume = (await catalog.ReadLabelVolumesAsync(TestContext.Current.CancellationToken)).Should().ContainSingle().Subject;
        (volume.Dataset, volume.Origin, volume.Label, volume.Level, volume.Kind, volume.Annotation, volume.Source).Should().Be(("remote", "prediction", "nuclei", 0, "classes", "automatic", "model-1"));
        (volume.Path, volume.Shape, volume.VoxelSize, volume.Centre, volume.Type).Should().Be(("zarr/remote.zarr/labels/prediction/nuclei/s0", Shape, new VoxelSize(8, 8, 8), (0, 0, 0), VoxelType.UInt8));
        (await catalog.ReadLabelClassesAsync(TestContext.Current.CancellationToken)).Select(row => (row.Value, row.Class, row.Known, row.Probabilities))
            .Should().Equal(("1", "nuclei", true, "zarr/remote.zarr/predictions/nuclei"), (null, null, true, null));
        (await catalog.ReadStoredShardsAsync(volume, TestContext.Current.CancellationToken))!.IsStored(NdIndex.Filled(3, 0)).Should().BeTrue();
        Scalar("select voxels from label_blocks where origin = 'prediction'").Should().Be(60);
        Scalar("select sum(voxels) from label_chunks where class = 'nuclei'").Should().Be(60);
        Scalar("select count(*) from labelled_blocks where prediction_nuclei_share = 60 / 8000").Should().Be(1);
    }

    [Fact]
    public async Task Another_prediction_takes_the_place_of_the_first_and_one_that_is_deleted_is_gone()
    {
        await _pipeline.RunAsync();
        await PredictAsync("model-1", 60);
        await _pipeline.RunAsync();
        await PredictAsync("model-2", 61);
        (await _pipeline.RunAsync()).Should().Equal("(all): Catalog");
        Scalar("select count(*) from label_volumes where source = 'model-2'").Should().Be(1);
        Scalar("select voxels from label_blocks").Should().Be(61);

        PredictedLabel.Withdraw(Label);
        (await _pipeline.RunAsync()).Should().Equal(["(all): Catalog"], "it is being predicted again");
        Scalar("select count(*) from label_volumes").Should().Be(0);

        await PredictAsync("model-2", 61);
        await _pipeline.RunAsync();
        Directory.Delete(Label, recursive: true);
        (await _pipeline.RunAsync()).Should().Equal("(all): Catalog");
        Scalar("select count(*) from label_volumes").Should().Be(0);
        _pipeline.Problems.Should().BeEmpty();
    }

    [Fact]
    public async Task A_prediction_of_an_image_that_has_changed_is_left_out_and_named()
    {
        await _pipeline.RunAsync();
        await PredictAsync("model-1", 60);
        await _pipeline.RunAsync();
        _pipeline.Serve(seed: 9);
        await _pipeline.RunAsync(updateLock: true);
        _pipeline.Problems.Should().Contain("remote/prediction/nuclei: not in the catalogue: its image is another since it was predicted; run Predict again");
        Scalar("select count(*) from label_volumes").Should().Be(0);
        Scalar("select count(*) from left_out where dataset = 'remote/prediction/nuclei'").Should().Be(1);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"model":"m","image":"i","dtype":"uint8","classes":null,"levels":null,"shards":"","statistics":""}""")]
    [InlineData("""{"model":"m","image":"i","dtype":"colour","classes":{},"levels":[],"shards":"","statistics":""}""")]
    public async Task A_prediction_without_a_description_is_named_and_stops_nothing_else(string json)
    {
        await _pipeline.RunAsync();
        await PredictAsync("model-1", 60);
        File.WriteAllText(Path.Combine(Label, PredictedLabel.FileName), json);
        (await _pipeline.RunAsync()).Should().Equal("(all): Catalog");
        _pipeline.Problems.Should().Contain("got no description of a predicted label");
        Scalar("select count(*) from datasets").Should().Be(2);
    }

    [Theory]
    [InlineData(PredictedLabel.ShardsName)]
    [InlineData(PredictedLabel.StatisticsName)]
    public async Task A_prediction_whose_files_are_damaged_is_left_out_until_it_is_made_again(string name)
    {
        await _pipeline.RunAsync();
        await PredictAsync("model-1", 60);
        var file = Path.Combine(Label, name);
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        foreach (var damaged in (byte[][])[bytes, bytes[..100], []])
        {
            File.WriteAllBytes(file, damaged);
            (await _pipeline.RunAsync()).Should().Equal(damaged == bytes ? ["(all): Catalog"] : [], "it is left out already");
            if (damaged == bytes)
                _pipeline.Problems.Should().Contain($"{name}: got no such file, or another one than the prediction ended with");
            Scalar("select count(*) from datasets").Should().Be(2);
            Scalar("select count(*) from label_volumes").Should().Be(0);
            Scalar("select count(*) from left_out where dataset = 'remote/prediction/nuclei'").Should().Be(1);
        }

        File.Delete(file);
        await _pipeline.RunAsync();
        await PredictAsync("model-1", 60);
        (await _pipeline.RunAsync()).Should().Equal("(all): Catalog");
        _pipeline.Problems.Should().BeEmpty();
        Scalar("select count(*) from label_volumes").Should().Be(1);
    }

    /// <summary>What Predict leaves, of a label whose first voxels are a nucleus.</summary>
    private async Task PredictAsync(string model, int voxels)
    {
        var token = TestContext.Current.CancellationToken;
        PredictedLabel.Withdraw(Label);
        var (values, size, chunk) = (new byte[Shape.Volume], new VoxelSize(8, 8, 8), NdIndex.Filled(3, 32));
        values.AsSpan(0, voxels).Fill(1);
        await using var source = new MemoryVolume(Shape, VoxelType.UInt8, Shape, values);
        var scheme = LabelScheme.OfClasses(new Dictionary<Int128, string> { [1] = "nuclei" });
        var options = new RechunkOptions
        {
            Name = "nuclei", SourceIdentity = $"{model} {voxels}", Levels = 1, Chunk = chunk, Codec = ShardCodec.Zstd(), VoxelSize = size,
            Label = new LabelDescription { Origin = "prediction", Name = "nuclei", Scheme = scheme },
        };
        var (shards, statistics) = (Path.Combine(Label, PredictedLabel.ShardsName), Path.Combine(Label, PredictedLabel.StatisticsName));
        var level = (await ZarrRechunk.RunAsync(source, Box.Whole(Shape), Label, shards, options, cancellation: token)).Levels[0];
        var grid = VoxelGrid.Of(Shape, size, default);
        await LabelStatistics.WriteAsync(source, chunk, scheme, grid, grid, NdIndex.Filled(3, 128), statistics, cancellation: token);
        var record = new PredictedLabel
        {
            Model = model, Image = await FileHash.Sha256Async(_pipeline.Data.ShardTable("remote"), cancellation: token), Dtype = "uint8",
            Classes = new Dictionary<string, string> { ["1"] = "nuclei" }, Probabilities = new Dictionary<string, string> { ["1"] = "predictions/nuclei" },
            Levels = [new PredictedLevel("s0", Shape.ToArray(), [8, 8, 8], [0, 0, 0], level.Shard.ToArray(), level.Block.ToArray(), level.Chunk.ToArray(), "zstd:1", 1)],
            Shards = await FileHash.Sha256Async(shards, cancellation: token), Statistics = await FileHash.Sha256Async(statistics, cancellation: token),
        };
        await record.WriteAsync(Label, token);
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
