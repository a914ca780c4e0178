using DuckDB.NET.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Tests.Build;

public sealed class CatalogBuilderTests : IDisposable
{
    private static readonly string[] Files =
    [
        "attributes.parquet", "blocks.parquet", "catalog.duckdb", "conflicts.parquet", "datasets.parquet", "files.parquet", "label_blocks.parquet", "label_chunks.parquet", "label_classes.parquet", "label_shards.parquet", "label_volumes.parquet", "left_out.parquet", "metadata.csv", "metadata.json", "metadata.parquet",
        "report.html", "runs.parquet", "sections.parquet", "split_blocks.parquet", "splits.parquet", "volumes.parquet",
    ];

    private readonly TemporaryFolder _folder = new();

    private string Catalog => _folder["catalog"];

    public void Dispose() => _folder.Dispose();

    private Task Build(CatalogContent? content = null) => CatalogBuilder.BuildAsync(content ?? Samples.Content(), Catalog);

    private async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> Query(string sql) => await new CatalogReader(Catalog).QueryAsync(sql);

    /// <summary>By DuckDB itself, whose own tables and files of other formats a catalogue's reader may not see.</summary>
    private List<Dictionary<string, object>> QueryAnything(string sql)
    {
        using var connection = new DuckDBConnection($"Data Source={Path.Combine(Catalog, CatalogBuilder.DatabaseName)};ACCESS_MODE=READ_ONLY");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<Dictionary<string, object>>();
        while (reader.Read())
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, reader.GetValue));
        return rows;
    }


    [Fact]
    public async Task A_build_leaves_its_files_and_nothing_else()
    {
        await Build();
        await Build();
        Directory.GetFileSystemEntries(Catalog).Select(Path.GetFileName).Order(StringComparer.Ordinal).Should().Equal(Files);
    }

    [Fact]
    public async Task Builds_at_the_same_time_give_the_same_bytes()
    {
        await Build();
        var folders = Enumerable.Range(0, 24).Select(i => _folder[$"catalog{i}"]).ToArray();
        await Parallel.ForEachAsync(folders, async (folder, _) => await CatalogBuilder.BuildAsync(Samples.Content(), folder));
        foreach (var name in Files.Where(name => name.EndsWith(".parquet", StringComparison.Ordinal)))
            folders.Select(folder => File.ReadAllBytes(Path.Combine(folder, name))).Should().AllSatisfy(bytes =>
                bytes.Should().Equal(File.ReadAllBytes(Path.Combine(Catalog, name))));
    }

    [Fact]
    public async Task Reading_leaves_nothing_either()
    {
        await Build();
        var before = Hash("catalog.duckdb");
        await Query("SELECT count(*) FROM blocks");
        Directory.GetFileSystemEntries(Catalog).Should().HaveCount(Files.Length);
        Hash("catalog.duckdb").Should().Be(before);
    }

    [Theory]
    [InlineData("datasets", 2)]
    [InlineData("volumes", 3)]
    [InlineData("files", 2)]
    [InlineData("conflicts", 2)]
    [InlineData("blocks", 18)]
    public async Task Every_row_is_in_the_database_and_in_its_parquet_file(string table, int count)
    {
        await Build();
        (await Query($"SELECT count(*) AS n FROM {table}"))[0]["n"].Should().Be((long)count);
        var parquet = Path.Combine(Catalog, table + ".parquet");
        QueryAnything($"SELECT count(*) AS n FROM (SELECT * FROM {table} EXCEPT ALL SELECT * FROM read_parquet('{parquet}'))")[0]["n"].Should().Be(0L);
        QueryAnything($"SELECT count(*) AS n FROM read_parquet('{parquet}')")[0]["n"].Should().Be((long)count);
    }

    [Fact]
    public async Task Values_come_back_as_they_went_in()
    {
        await Build();
        var crop = (await Query("SELECT * FROM datasets WHERE dataset = 'crop'"))[0];
        crop["title"].Should().Be("A crop, with \"quotes\", & <tags>");
        crop["crop_origin_x"].Should().Be(30L);
        crop["doi"].Should().BeNull();
        var volume = (await Query("SELECT * FROM volumes WHERE dataset = 'crop' AND level = 0"))[0];
        volume["voxel_size_z_nm"].Should().BeNull();
        volume["shape_z"].Should().Be(200L);
        volume["voxel_count"].Should().Be(200L * 130 * 256);
        var block = (await Query("SELECT * FROM blocks WHERE state = 'empty'"))[0];
        block["checksum"].Should().BeNull();
        block["fill_share"].Should().Be(1.0);
    }

    [Fact]
    public async Task Every_table_view_and_column_carries_a_comment()
    {
        await Build();
        QueryAnything("SELECT table_name FROM duckdb_tables() WHERE coalesce(comment, '') = '' UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal AND coalesce(comment, '') = ''")
            .Should().BeEmpty();
        QueryAnything("SELECT c.table_name || '.' || column_name AS name FROM duckdb_columns() c JOIN duckdb_tables() USING (table_oid) WHERE coalesce(c.comment, '') = ''")
            .Should().BeEmpty();
    }

    [Fact]
    public async Task Training_blocks_are_written_of_full_resolution_and_not_blank()
    {
        await Build();
        var blocks = await Query("SELECT * FROM training_blocks");
        blocks.Should().HaveCount(8 + 9 - 1).And.OnlyContain(row => (double)row["blank_share"]! < 0.5 && (int)row["level"]! == 0);
        blocks.Should().Contain(row => (double)row["fill_share"]! == 0.25, "a grey value of 0 is a value as any other");
        blocks.Count(row => (bool)row["whole"]!).Should().Be(2);
        blocks[0]["path"].Should().Be("zarr/crop.zarr/s0");
    }

    [Fact]
    public async Task What_is_not_trained_on_has_a_reason_and_each_dataset_a_count()
    {
        var block = Samples.Block("crop", 0, new(0, 0, 0), new(128, 128, 128), 0);
        const long half = 128 * 128 * 64;
        BlockRow[] rows =
        [
            block, block with { X = 128, BlankShare = 0.49, FillShare = 0.9 }, block with { X = 256, BlankShare = 0.5 }, block with { X = 384, NotFinite = half - 1 },
            block with { X = 512, NotFinite = half, Mean = double.NaN }, block with { X = 640, State = "empty" }, block with { Level = 1 },
        ];
        await Build(Samples.Content() with { Blocks = rows.ToAsyncEnumerable() });
        var summary = await new CatalogReader(Catalog).ReadTrainingSummaryAsync();
        summary.Select(dataset => (dataset.Dataset, dataset.Blocks)).Should().Equal(("crop", 3), ("sections", 0));
        summary[0].Excluded.Should().BeEquivalentTo(new Dictionary<string, long> { ["blank"] = 1, ["not finite"] = 1, ["empty"] = 1, ["not level 0"] = 1 });
        summary[1].Excluded.Should().BeEmpty();
    }

    [Fact]
    public async Task Volume_statistics_are_of_finite_voxels()
    {
        var block = Samples.Block("crop", 0, new(0, 0, 0), new(1, 1, 4), 0);
        BlockRow[] rows =
        [
            block with { Mean = 1, StandardDeviation = 0, NotFinite = 1 },
            block with { X = 128, Min = double.NaN, Max = double.NaN, Mean = double.NaN, StandardDeviation = double.NaN, NotFinite = 4 },
            block with { X = 256, Mean = 5, StandardDeviation = 0, NotFinite = 3 },
            block with { Level = 1, Min = double.NaN, Max = double.NaN, Mean = double.NaN, StandardDeviation = double.NaN, NotFinite = 4 },
        ];
        await Build(Samples.Content() with { Blocks = rows.ToAsyncEnumerable() });
        var statistics = await new CatalogReader(Catalog).ReadStatisticsAsync();
        statistics.Should().ContainSingle("level 1 has no finite voxel").Which.Value.Should().Be(new VolumeStatistics(2, 4, 0, 200, 2, Math.Sqrt(3)));
    }

    [Fact]
    public async Task A_small_deviation_far_from_zero_is_kept()
    {
        // The mean's square is 10^16: what a double keeps of it is coarser than the deviation's.
        var block = Samples.Block("crop", 0, new(0, 0, 0), new(1, 1, 2), 0);
        BlockRow[] rows = [block with { Mean = 1e8 - 0.01, StandardDeviation = 0.01 }, block with { X = 128, Mean = 1e8 + 0.01, StandardDeviation = 0.01 }];
        await Build(Samples.Content() with { Blocks = rows.ToAsyncEnumerable() });
        (await new CatalogReader(Catalog).ReadStatisticsAsync())[("crop", 0)].StandardDeviation.Should().BeApproximately(0.01 * Math.Sqrt(2), 1e-8);
    }

    [Fact]
    public async Task Volume_statistics_weigh_blocks_by_their_voxels()
    {
        var content = Samples.Content() with
        {
            Blocks = new[]
            {
                Samples.Block("crop", 0, new(0, 0, 0), new(1, 1, 3), 0) with { Mean = 1, StandardDeviation = 0 },
                Samples.Block("crop", 0, new(0, 0, 128), new(1, 1, 1), 0) with { Mean = 5, StandardDeviation = 0 },
            }.ToAsyncEnumerable(),
        };
        await Build(content);
        var statistics = (await new CatalogReader(Catalog).ReadStatisticsAsync())[("crop", 0)];
        statistics.Should().Be(new VolumeStatistics(2, 4, 0, 200, 2, Math.Sqrt(3)));
    }

    [Fact]
    public async Task The_same_content_in_another_order_gives_the_same_bytes()
    {
        await Build();
        var first = Files.Where(file => file != "catalog.duckdb").ToDictionary(file => file, Hash);
        var content = Samples.Content();
        await Build(content with { Datasets = [.. content.Datasets.Reverse()], Volumes = [.. content.Volumes.Reverse()] });
        first.Should().Equal(Files.Where(file => file != "catalog.duckdb").ToDictionary(file => file, Hash));
    }

    [Fact]
    public async Task An_empty_catalogue_is_a_catalogue()
    {
        await Build(new CatalogContent());
        (await new CatalogReader(Catalog).SelectBlocksAsync("")).Should().BeEmpty();
    }

    [Fact]
    public async Task The_csv_has_a_row_for_each_dataset_and_quotes_what_must_be()
    {
        var content = Samples.Content();
        await Build(content with { Metadata = [.. content.Metadata, new MetadataRecord("crop", "title", "a, \"b\"\nc", null, "s", "o", true), new MetadataRecord("crop", "stain", "osmium", null, "s", "o", true)] });
        var text = await File.ReadAllTextAsync(Path.Combine(Catalog, "metadata.csv"));
        text.Should().StartWith("dataset,source,format,title,").And.Contain(",\"a, \"\"b\"\"\nc\",").And.Contain(",voxel_size_x_nm,stain,files,").And.EndWith("\r\n");
        text.Split("\r\n").Should().HaveCount(4);
        var rows = QueryAnything($"SELECT * FROM read_csv('{Path.Combine(Catalog, "metadata.csv")}', header = true, all_varchar = true, quote = '\"', escape = '\"')");
        rows.Select(row => row["dataset"]).Should().Equal("crop", "sections");
        rows[1]["shape_x"].Should().Be("5496");
        rows[0]["title"].Should().Be("a, \"b\"\nc");
    }

    [Fact]
    public async Task The_json_has_sorted_keys_and_the_conflicts_beside_the_values()
    {
        await Build();
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Catalog, "metadata.json")));
        AssertSorted(json.RootElement);
        var shape = json.RootElement.GetProperty("sections").GetProperty("fields").GetProperty("shape_x");
        shape.GetProperty("value").GetDouble().Should().Be(5496);
        shape.GetProperty("conflicts")[0].GetProperty("value").GetString().Should().Be("5628");
        shape.GetProperty("also_stated")[0].GetProperty("value").GetDouble().Should().Be(5628);
        json.RootElement.GetProperty("crop").GetProperty("volumes")[0].GetProperty("voxel_size_zyx_nm")[0].ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task Blocks_out_of_order_or_twice_are_refused_and_the_old_catalogue_stays()
    {
        await Build();
        var before = Hash("catalog.duckdb");
        foreach (var wrong in new[] { Samples.Blocks().Reverse(), Samples.Blocks().Append(Samples.Blocks()[^1]) })
        {
            var act = () => Build(Samples.Content() with { Blocks = wrong.ToAsyncEnumerable() });
            await act.Should().ThrowAsync<ArgumentException>().WithMessage("blocks: *expected ascending*");
        }

        Directory.GetFileSystemEntries(Catalog).Should().HaveCount(Files.Length);
        Hash("catalog.duckdb").Should().Be(before);
    }

    [Fact]
    public async Task Rows_about_unknown_or_repeated_things_are_refused()
    {
        var content = Samples.Content();
        foreach (var wrong in new[]
        {
            content with { Datasets = [.. content.Datasets, content.Datasets[0]] },
            content with { Volumes = [.. content.Volumes, content.Volumes[0]] },
            content with { Files = [content.Files.First() with { Dataset = "nowhere" }] },
            content with { Files = content.Files.Reverse() },
            content with { Files = [content.Files.First(), content.Files.First()] },
            content with { Blocks = new[] { Samples.Block("nowhere", 0, new(0, 0, 0), new(1, 1, 1), 0) }.ToAsyncEnumerable() },
        })
        {
            var act = () => Build(wrong);
            await act.Should().ThrowAsync<ArgumentException>();
        }
    }

    [Fact]
    public async Task What_a_killed_build_left_is_cleaned_away()
    {
        Directory.CreateDirectory(Path.Combine(Catalog, ".building"));
        await File.WriteAllTextAsync(Path.Combine(Catalog, ".building", "catalog.duckdb"), "half");
        await Build();
        Directory.GetFileSystemEntries(Catalog).Should().HaveCount(Files.Length);
    }

    [Fact]
    public async Task A_second_build_at_the_same_time_is_refused()
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        async IAsyncEnumerable<BlockRow> Wait()
        {
            started.SetResult();
            await release.Task;
            yield break;
        }

        var first = Build(Samples.Content() with { Blocks = Wait() });
        await started.Task;
        var second = () => Build();
        (await second.Should().ThrowAsync<EmException>()).WithMessage($"{Catalog}: got another run*").Which.Fault.Should().Be(Fault.Machine);
        release.SetResult();
        await first;
        (await Query("SELECT count(*) AS n FROM blocks"))[0]["n"].Should().Be(0L);
    }

    [Fact]
    public async Task A_cancelled_build_changes_nothing()
    {
        await Build();
        var before = Hash("metadata.csv");
        using var stop = new CancellationTokenSource();
        async IAsyncEnumerable<BlockRow> CancelFirst()
        {
            await stop.CancelAsync();
            yield return Samples.Blocks()[0];
        }

        var act = () => CatalogBuilder.BuildAsync(new CatalogContent { Datasets = Samples.Content().Datasets, Volumes = Samples.Content().Volumes, Blocks = CancelFirst() }, Catalog, stop.Token);
        await act.Should().ThrowAsync<OperationCanceledException>();
        Hash("metadata.csv").Should().Be(before);
        Directory.GetFileSystemEntries(Catalog).Should().HaveCount(Files.Length);
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_a_machine_error()
    {
        await File.WriteAllTextAsync(Catalog, "");
        var act = () => Build();
        (await act.Should().ThrowAsync<EmException>().WithMessage($"{Catalog}: *")).Which.Fault.Should().Be(Fault.Machine);
    }

    private string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Catalog, file))));

    private static void AssertSorted(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            var names = element.EnumerateObject().Select(member => member.Name).ToList();
            names.Should().BeInAscendingOrder(StringComparer.Ordinal);
            foreach (var member in element.EnumerateObject())
                AssertSorted(member.Value);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                AssertSorted(item);
        }
    }
}
