using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Catalog;

/// <summary>Splits of the configuration reach the catalogue, and tissue that two datasets hold is of one part.</summary>
public sealed class SplitSourceTests : IAsyncDisposable
{
    private const string Splits = "splits:\n  v1: { seed: 3, shares: { train: 0.6, test: 0.4 }, cell: [16, 16, 16], halo: [0, 0, 0] }\n";
    private readonly SmallPipeline _pipeline = new();

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Fact]
    public async Task A_split_is_in_the_catalogue_and_only_that_is_built_anew_when_it_changes()
    {
        Configure("");
        await _pipeline.RunAsync();
        (await Query("SELECT * FROM splits")).Should().BeEmpty();
        Configure(Splits);
        (await _pipeline.RunAsync()).Should().Equal("(all): Catalog");
        (await Query("SELECT DISTINCT split, dataset, seed, cell_x, halo_x FROM splits ORDER BY dataset")).Select(row => string.Join(' ', row.Values)).Should().Equal("v1 local 3 16 0", "v1 remote 3 16 0");
        (await _pipeline.RunAsync()).Should().BeEmpty();
        Configure("splits: { v1: { seed: 4, shares: { train: 1 } } }\n");
        (await _pipeline.RunAsync()).Should().Equal("(all): Catalog");
        (await Query("SELECT DISTINCT seed, cell_z, cell_x, halo_z, part FROM splits")).Select(row => string.Join(' ', row.Values)).Should().Equal("4 512 512 64 train");
        (await Query("SELECT * FROM labelled_blocks WHERE split_v1 = 'train'")).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_part_without_a_block_is_named_with_the_datasets_that_have_none_for_it()
    {
        Configure(Splits.Replace("train: 0.6, test: 0.4", "train: 0.98, test: 0.01, validation: 0.01", StringComparison.Ordinal));
        await _pipeline.RunAsync();
        _pipeline.Problems.Should().Contain("splits.v1: got no block for test of any of 2 datasets, none for validation of any of 2 datasets, expected some of each");
        (await Query("SELECT DISTINCT part FROM split_blocks")).Select(row => row["part"]).Should().Equal("train");
        Configure("splits: { v1: { shares: { train: 1 } } }\n");
        await _pipeline.RunAsync();
        _pipeline.Problems.Should().BeEmpty();
    }

    [Fact]
    public async Task Another_configuration_of_the_data_folder_leaves_a_dataset_divided_as_its_own_says()
    {
        Configure(Splits);
        await _pipeline.RunAsync();
        _pipeline.Write("other.yaml", $"version: 1\nsplits: {{ v1: {{ shares: {{ all: 1 }} }} }}\ndatasets:\n  third: {{ source: {{ http: '{_pipeline.Address("volume.tif")}' }} }}\n");
        await _pipeline.RunAsync(config: "other.yaml");
        (await Query("SELECT DISTINCT dataset, part FROM splits ORDER BY dataset, part")).Select(row => string.Join(' ', row.Values)).Should().Equal("local test", "local train", "remote test", "remote train", "third all");
        (await _pipeline.RunAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_cut_s_tissue_is_of_the_part_that_it_is_of_in_the_whole()
    {
        var shape = new NdIndex(8, 60, 80);
        var voxels = TestVolumes.Make(shape);
        var cut = new Box(new NdIndex(1, 7, 21), new NdIndex(6, 50, 55));
        _pipeline.Write("cut.yaml", $$"""
            version: 1
            defaults: { shard: [16, 16, 16], chunk: [8, 8, 8] }
            {{Splits.Replace("[16, 16, 16]", "[16, 32, 32]", StringComparison.Ordinal)}}
            datasets:
              whole: { source: { file: "{{_pipeline["whole.tif"]}}" } }
              cut: { source: { file: "{{_pipeline["cut.tif"]}}" }, within: whole }

            """);
        File.WriteAllBytes(_pipeline["whole.tif"], TestVolumes.Tiff(voxels, shape));
        File.WriteAllBytes(_pipeline["cut.tif"], TestVolumes.Tiff(TestVolumes.Cut(voxels, shape, cut), cut.Shape));

        await _pipeline.RunAsync(config: "cut.yaml", only: "cut");
        _pipeline.Problems.Should().Contain("splits.v1: cut is of no part: got no place of it in whole").And.Contain("Run whole and then cut");
        (await Query("SELECT * FROM split_blocks")).Should().BeEmpty();

        await _pipeline.RunAsync(config: "cut.yaml");
        _pipeline.Problems.Should().BeEmpty();
        (await Query("SELECT DISTINCT whole, offset_z, offset_y, offset_x FROM splits WHERE dataset = 'cut'")).Should().ContainSingle().Which.Values.Should().Equal("whole", 1L, 7L, 21L);
        var parts = new Dictionary<NdIndex, string>();
        var rows = await Query("SELECT * FROM split_blocks WHERE level = 0");
        rows.Select(row => (row["dataset"], row["part"])).Distinct().Should().HaveCount(4);
        foreach (var row in rows)
        {
            var (box, place) = (string)row["dataset"]! == "cut" ? (Box.Whole(cut.Shape), cut.Origin) : (Box.Whole(shape), NdIndex.Filled(3, 0));
            var block = new Box(new NdIndex((long)row["z"]!, (long)row["y"]!, (long)row["x"]!), NdIndex.Filled(3, 16)).Intersect(box);
            foreach (var voxel in block.CellsTouched(NdIndex.Filled(3, 1)).Select(voxel => voxel + place))
            {
                if (!parts.TryAdd(voxel, (string)row["part"]!))
                    parts[voxel].Should().Be((string)row["part"]!);
            }
        }
    }

    private void Configure(string splits)
    {
        _pipeline.Configure();
        var text = File.ReadAllText(_pipeline["pipeline.yaml"]);
        File.WriteAllText(_pipeline["pipeline.yaml"], text.Replace("version: 1\n", "version: 1\n" + splits, StringComparison.Ordinal));
    }

    private Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> Query(string sql) => new CatalogReader(_pipeline.Data.Catalog).QueryAsync(sql);
}
