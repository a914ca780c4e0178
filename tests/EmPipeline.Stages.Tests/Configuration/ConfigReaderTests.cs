using System.Text.Json;
using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Tests.Configuration;

public sealed class ConfigReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_repositorys_own_configuration_names_the_sources_and_their_labels()
    {
        var config = ConfigReader.Read(Repository.File("pipeline.yaml"));
        config.Datasets.Select(dataset => dataset.Source.Kind).Should().Equal(
            SourceKind.Http, SourceKind.Http, SourceKind.Http, SourceKind.Http, SourceKind.Http, SourceKind.S3, SourceKind.Precomputed);
        config.Units.Where(unit => unit.Label is not null).Select(unit => unit.Name).Should().Equal(
            "epfl-training/mitochondria", "epfl-testing/mitochondria", "openorganelle-mus-nacc-2/nuclei", "hemibrain/neurons", "hemibrain/mitochondria");
        var hemibrain = config.Dataset("hemibrain");
        hemibrain.Crop.Should().Be(new CropConfig(new NdIndex(1000, 1000, 1000), Origin: null, Seed: 20250722, Tissue: 0.95));
        hemibrain.Output.Shard.Should().Be(new NdIndex(128, 128, 128));
        // The folder's name starts with a space: neither stripped nor escaped twice.
        new Uri(config.Dataset("epfl-hippocampus").Source.Address).AbsoluteUri.Should().Contain("/data/%20ElectronMicroscopy_Hippocampus/volumedata.tif");
    }

    [Fact]
    public void Prices_are_read_and_what_is_not_named_costs_nothing()
    {
        const string dataset = "datasets:\n  a:\n    source: { http: 'https://h/f.tif' }\n";
        File.WriteAllText(_folder["pipeline.yaml"], "version: 1\nprices: { currency: EUR, put: 0.005, kept: 2 }\n" + dataset);
        ConfigReader.Read(_folder["pipeline.yaml"]).Prices.Should().Be(new PriceTable("EUR", 0.005, 0, 2, 0));
        File.WriteAllText(_folder["pipeline.yaml"], "version: 1\n" + dataset);
        ConfigReader.Read(_folder["pipeline.yaml"]).Prices.Should().BeNull();
        File.WriteAllText(_folder["pipeline.yaml"], "version: 1\nprices: { put: -1 }\n" + dataset);
        var read = () => ConfigReader.Read(_folder["pipeline.yaml"]);
        read.Should().Throw<EmException>().WithMessage("*:2: prices.put: got -1, expected the price of 1,000 requests that put, a number*");
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("download: {}\n", null)]
    [InlineData("download: { bandwidth: 500kB/s }\n", 500e3)]
    [InlineData("download: { bandwidth: 50MB/s }\n", 50e6)]
    [InlineData("download: { bandwidth: 1GB/s }\n", 1e9)]
    public void A_bandwidth_is_a_rate_in_decimal_units_and_no_input_of_any_stage(string text, double? rate)
    {
        var config = ConfigReader.Read(_folder.Write("pipeline.yaml", $"version: 1\n{text}datasets:\n  a:\n    source: {{ file: f }}\n"));
        config.Bandwidth.Should().Be(rate);
        config.Dataset("a").Raw.ContainsKey("download").Should().BeFalse();
    }

    [Theory]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { http: 'https://h/f.tif' }\n    chunck: [32, 32, 32]\n", "5", "chunck", "unknown key")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { http: 'https://h/f.tif' }\n    chunk: 32\n", "5", "datasets.a.chunk", "got 32, expected three positive integers")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { http: 'https://h/f.tif' }\n    chunk: [32, 32, x]\n", "5", "chunk[2]", "got \"x\", expected a positive integer")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { http: 'https://h/f.tif' }\n    codec: brotli\n", "5", "datasets.a.codec", "got \"brotli\", expected auto, raw, zstd")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { http: 'https://h/f.tif' }\n    format: jpeg2000\n", "5", "datasets.a.format", "got 'jpeg2000', expected one of")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { http: 'ftp://h/f.tif' }\n", "4", "datasets.a.source.http", "expected an address that starts with https://")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { http: 'https://h/f', file: 'g' }\n", "4", "datasets.a.source", "got http and file, expected exactly one")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { empiar: 11759 }\n", "4", "datasets.a.source.files", "got no such key, expected which files of the entry")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source:\n      empiar: 11759\n      files: ../*.dm3\n", "6", "datasets.a.source.files", "got '../*.dm3', expected names and patterns")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source:\n      http: 'https://h/f'\n      files: '*.dm3'\n", "6", "datasets.a.source.files", "got it beside http, expected it beside empiar or idr only")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { empiar: EMPIAR-11759, files: 'data/*' }\n", "4", "datasets.a.source.empiar", "got \"EMPIAR-11759\", expected an EMPIAR entry number")]
    [InlineData("version: 1\ndownload: { bandwidth: 50 Mbit }\ndatasets:\n  a:\n    source: { file: f }\n", "2", "download.bandwidth", "got \"50 Mbit\", expected a rate such as 50MB/s")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { idr: 0 }\n", "4", "datasets.a.source.idr", "got 0, expected an IDR image id")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { idr: 1, level: s0 }\n", "4", "datasets.a.source.level", "got it beside idr")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { openorganelle: jrc_hela-2 }\n", "4", "datasets.a.source.array", "expected the name of an image such as")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { openorganelle: 's3://b/jrc_hela-2', array: x }\n", "4", "datasets.a.source.openorganelle", "expected the name of a dataset such as jrc_mus-nacc-2")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { neuroglancer: 5 }\n", "4", "datasets.a.source.neuroglancer", "got 5, expected a link to Neuroglancer, or its state")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { idr: 1, empiar: 2, files: a }\n", "4", "datasets.a.source", "got empiar and idr, expected exactly one of http")]
    [InlineData("version: 1\ndatasets:\n  a:\n    title: no source\n", "3", "datasets.a.source", "got no such key, expected a map with one of")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    chunk: [48, 48, 48]\n", "5", "datasets.a.chunk", "a chunk that divides the shard")]
    [InlineData("version: 1\ndatasets:\n  a/b:\n    source: { file: f }\n", "3", "a/b", "a name of letters")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    shard: [127, 128, 128]\n    chunk: [127, 32, 32]\n", "5", "datasets.a.shard", "expected even edges")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    shard: [8192, 8192, 8192]\n    chunk: [16, 16, 16]\n", "6", "datasets.a.chunk", "at most 16777216 chunks in a shard")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    shard: [1024, 1024, 1024]\n    chunk: [1024, 1024, 1024]\n", "6", "datasets.a.chunk", "a chunk of at most 256MiB")]
    [InlineData("version: 1\ndefaults: { chunk: [48, 48, 48] }\ndatasets:\n  a:\n    source: { file: f }\n", "2", "defaults.chunk", "a chunk that divides the shard")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    codec: 'zstd:99'\n", "5", "datasets.a.codec", "got \"zstd:99\", expected auto, raw, zstd, lz4, zstd:LEVEL with a level of 1 to 22, or lz4:LEVEL of 1 to 9")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    codec: 'zstd:0'\n", "5", "datasets.a.codec", "got \"zstd:0\"")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    facts:\n      doi: 10.1/x\n      organsim: Mus musculus\n", "7", "datasets.a.facts.organsim", "got an unknown field, expected one of title,")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    override:\n      voxel_size_z_nm: thin\n", "6", "datasets.a.override.voxel_size_z_nm", "got \"thin\", expected a positive number (nm)")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { http: 'https://h/s_{0..9}.tif' }\n    checksum: { s_10.tif: 'md5:00000000000000000000000000000000' }\n", "5", "datasets.a.checksum.s_10.tif", "expected one such as s_0.tif")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { http: 'https://h/s_{9..0}.tif' }\n", "4", "datasets.a.source.http", "expected a run of numbers")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { http: 'https://h/folder/' }\n", "4", "datasets.a.source.http", "got the folder https://h/folder/")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    levels: 17\n", "5", "datasets.a.levels", "got 17, expected auto or the number of pyramid levels, 1 to 16")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    memory: 99999999999999GiB\n", "5", "datasets.a.memory", "expected a size such as")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    memory: 1MiB\n", "5", "datasets.a.memory", "got 1MiB, expected at least 16MiB")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    select: { channel: 0 }\n", "5", "datasets.a.select.channel", "an axis letter")]
    [InlineData("version: 1\ndatasets:\n  a: { source: { file: f } }\n  A: { source: { file: f } }\n", "4", "datasets.A", "differs from another only in case")]
    [InlineData("version: 1\ndatasets:\n  a.registry: { source: { file: f } }\n", "3", "a.registry", "another ending")]
    [InlineData("version: 1\ndatasets:\n  ? [a, b]\n  : { source: { file: f } }\n", "3", "key", "got a key that is no plain text")]
    [InlineData("version: 2\ndatasets:\n  a:\n    source: { file: f }\n", "1", "version", "got 2, expected 1")]
    [InlineData("version: 1\nsplits:\n  v-1: { shares: { train: 1 } }\ndatasets:\n  a: { source: { file: f } }\n", "3", "splits.v-1", "got 'v-1', expected a name of a-z, 0-9 and '_'")]
    [InlineData("version: 1\nsplits:\n  v1:\n    shares: { Train: 1 }\ndatasets:\n  a: { source: { file: f } }\n", "4", "splits.v1.shares.Train", "got 'Train', expected a name of")]
    [InlineData("version: 1\nsplits:\n  v1:\n    shares: { train: 0 }\ndatasets:\n  a: { source: { file: f } }\n", "4", "splits.v1.shares.train", "got 0, expected a number above 0")]
    [InlineData("version: 1\nsplits:\n  v1: { seed: 7 }\ndatasets:\n  a: { source: { file: f } }\n", "3", "splits.v1.shares", "got no such key, expected a map from part to share")]
    [InlineData("version: 1\nsplits:\n  v1:\n    shares: { train: 1 }\n    halo: [0, -1, 0]\ndatasets:\n  a: { source: { file: f } }\n", "5", "splits.v1.halo[1]", "got -1, expected an integer, 0 or more")]
    [InlineData("version: 1\nsplits:\n  v1:\n    shares: { train: 1 }\n    cells: [1, 1, 1]\ndatasets:\n  a: { source: { file: f } }\n", "5", "splits.v1.cells", "unknown key")]
    public void A_mistake_names_line_key_what_was_found_and_what_is_expected(string yaml, string line, string key, string says)
    {
        var file = _folder.Write("pipeline.yaml", yaml);
        var error = Assert.Throws<EmException>(() => ConfigReader.Read(file));
        error.Fault.Should().Be(Fault.Configuration);
        error.Message.Should().StartWith($"{file}:{line}: ").And.Contain(key).And.Contain(says);
    }

    [Theory]
    [InlineData("source: { http: 'https://h/a{0..1}/image.tif' }, checksum: { a1_image.tif: 'md5:00000000000000000000000000000000' }")]
    [InlineData("source: { http: 'https://h/volume.zarr/' }")]
    [InlineData("source: { http: 'https://h/volume/', level: s0 }")]
    public void What_Download_takes_is_no_mistake(string dataset) =>
        ConfigReader.Read(_folder.Write("pipeline.yaml", $"version: 1\ndatasets:\n  a: {{ {dataset} }}\n")).Datasets.Should().ContainSingle();

    [Fact]
    public void An_entry_that_is_named_twice_is_asked_for_once() =>
        ConfigReader.Read(_folder.Write("pipeline.yaml", "version: 1\ndatasets:\n  a: { source: { file: f }, metadata: [ { idr: 1 }, { empiar: 1 }, { idr: 1 } ] }\n"))
            .Dataset("a").Metadata.Should().Equal(new RegistryEntry("idr", 1), new RegistryEntry("empiar", 1));

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        var file = _folder.Write("pipeline.yaml", """
            version: 1
            foo: 1
            datasets:
              a:
                source: { file: f }
                levels: 99
              b:
                source: { http: "https://h/{}" }
                shard: [64, 64, 63]
                facts: { organsim: Mus }
                override: { voxel_size_z_nm: -1 }
              c: { source: { file: f } }
            """);
        Assert.Throws<EmException>(() => ConfigReader.Read(file)).Message.Split('\n').Select(line => line[file.Length..].Split(':')[1]).Should().Equal("2", "6", "8", "9", "10", "11");
    }

    [Fact]
    public void Schema_and_code_know_the_same_number_of_levels()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Repository.File("docs/pipeline.schema.json")));
        schema.RootElement.GetProperty("definitions").GetProperty("output").GetProperty("properties").GetProperty("levels").GetProperty("maximum").GetInt32()
            .Should().Be(RechunkOptions.MostLevels);
    }

    [Fact]
    public void Broken_yaml_and_a_missing_file_are_configuration_errors()
    {
        var broken = _folder.Write("broken.yaml", "version: 1\ndatasets:\n  a: [\n");
        Assert.Throws<EmException>(() => ConfigReader.Read(broken)).Message.Should().StartWith($"{broken}:").And.Contain("not valid YAML");
        Assert.Throws<EmException>(() => ConfigReader.Read(_folder["absent.yaml"])).Message.Should().Contain("no such file").And.Contain("--config");
    }

    [Fact]
    public void Defaults_reach_every_dataset_and_a_datasets_own_keys_win()
    {
        var file = _folder.Write("pipeline.yaml", """
            version: 1
            defaults: { codec: raw, chunk: [64, 64, 64], memory: 2GiB }
            datasets:
              a: { source: { file: f } }
              b: { source: { file: f }, codec: "zstd:3", levels: 2 }
            """);
        var config = ConfigReader.Read(file);
        config.Dataset("a").Output.Should().Be(new OutputConfig(new NdIndex(128, 128, 128), new NdIndex(128, 128, 128), new NdIndex(64, 64, 64), "raw", null, 2L << 30, "auto"));
        config.Dataset("b").Output.Should().Be(new OutputConfig(new NdIndex(128, 128, 128), new NdIndex(128, 128, 128), new NdIndex(64, 64, 64), "zstd:3", 2, 2L << 30, "auto"));
        config.Dataset("a").Source.Address.Should().Be(_folder["f"], "a relative path starts from the configuration's folder");
    }
}
