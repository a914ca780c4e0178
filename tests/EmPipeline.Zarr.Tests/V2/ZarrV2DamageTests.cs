using EmPipeline.Formats;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Tests.V2;

public sealed class ZarrV2DamageTests
{
    private const string Sound = """
        {"zarr_format": 2, "shape": [4, 4], "chunks": [4, 4], "dtype": "|u1", "compressor": null, "fill_value": 0, "order": "C", "filters": null}
        """;

    [Theory]
    [InlineData("\"shape\": [4, 4]", "\"shape\": [4, -4]", Fault.Corrupt, "shape[1]: got -4")]
    [InlineData("\"shape\": [4, 4]", "\"shape\": \"4\"", Fault.Corrupt, "shape: got \"4\"")]
    [InlineData("\"shape\": [4, 4], ", "", Fault.Corrupt, "got no member 'shape'")]
    [InlineData("\"shape\": [4, 4]", "\"shape\": [4000000000000, 4000000000000]", Fault.Unsupported, "more than")]
    [InlineData("\"shape\": [4, 4]", "\"shape\": [1, 1, 1, 1, 1, 1, 1, 1, 1]", Fault.Unsupported, "9 axes")]
    [InlineData("\"chunks\": [4, 4]", "\"chunks\": [4, 0]", Fault.Corrupt, "chunks[1]: got 0")]
    [InlineData("\"chunks\": [4, 4]", "\"chunks\": [4]", Fault.Corrupt, "chunks: got [4], expected 2 integers")]
    [InlineData("\"chunks\": [4, 4]", "\"chunks\": [400000, 400000]", Fault.Unsupported, "chunks 400000×400000")]
    [InlineData("\"order\": \"C\"", "\"order\": \"K\"", Fault.Corrupt, "order: got \"K\"")]
    [InlineData("\"zarr_format\": 2", "\"zarr_format\": 3", Fault.Corrupt, "zarr_format: got 3, expected 2")]
    [InlineData("\"|u1\"", "\"|S7\"", Fault.Unsupported, "'|S7'")]
    [InlineData("\"|u1\"", "[[\"r\", \"|u1\"]]", Fault.Unsupported, "records")]
    [InlineData("\"fill_value\": 0", "\"fill_value\": 256", Fault.Corrupt, "fill_value: got 256, expected a value of uint8")]
    [InlineData("\"fill_value\": 0", "\"fill_value\": \"black\"", Fault.Corrupt, "fill_value: got \"black\"")]
    [InlineData("\"compressor\": null", "\"compressor\": {\"id\": \"zfpy\"}", Fault.Unsupported, "compressor 'zfpy'")]
    [InlineData("\"compressor\": null", "\"compressor\": {\"id\": \"zstd\"}", Fault.Corrupt, "0.0: zstd")]
    [InlineData("\"filters\": null", "\"filters\": [{\"id\": \"vlen-utf8\"}]", Fault.Unsupported, "filters[0] 'vlen-utf8'")]
    [InlineData("\"filters\": null", "\"filters\": [{\"id\": \"crc32\"}]", Fault.Corrupt, "checksum")]
    [InlineData("{\"zarr", "{zarr", Fault.Corrupt, "no valid JSON")]
    [InlineData("\"order\": \"C\"", "\"order\": \"\\uD800\"", Fault.Corrupt, "no valid JSON")]
    [InlineData("\"zarr_format\"", "\"\\udc00\": 1, \"zarr_format\"", Fault.Corrupt, "no valid JSON")]
    public async Task A_wrong_description_is_named_with_its_place(string sound, string wrong, Fault fault, string message)
    {
        var store = new MemoryStore { ["0.0"] = new byte[20] }.With(".zarray", Sound.Replace(sound, wrong, StringComparison.Ordinal));
        var error = await store.ErrorAsync();
        error.Fault.Should().Be(fault);
        error.Message.Should().MatchRegex("^(.zarray|0.0): ").And.Contain(message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    public async Task A_chunk_of_another_length_is_corrupt(int length)
    {
        var store = new MemoryStore { ["0.0"] = new byte[length] }.With(".zarray", Sound);
        var error = await store.ErrorAsync();
        error.Fault.Should().Be(Fault.Corrupt);
        error.Message.Should().Contain("0.0").And.Contain($"{length} bytes");
    }

    [Fact]
    public async Task A_chunk_larger_than_any_encoding_is_refused_before_it_is_read()
    {
        var store = new MemoryStore { ["0.0"] = new byte[1 << 20] }
            .With(".zarray", Sound.Replace("\"compressor\": null", "\"compressor\": {\"id\": \"zstd\"}", StringComparison.Ordinal));
        (await store.ErrorAsync()).Fault.Should().Be(Fault.Corrupt);
        store.Reads.Should().NotContain("0.0");
    }

    [Fact]
    public async Task Every_compressed_fixture_cut_short_is_corrupt()
    {
        var store = MemoryStore.Of("zarr2/arrays.zarr");
        var compressed = (await store.InfosAsync()).Where(info => info.Shape.Volume == 210 && !info.Name.StartsWith("type", StringComparison.Ordinal)).ToList();
        compressed.Should().NotBeEmpty();
        foreach (var info in compressed)
        {
            var key = info.Name + (info.Name == "separator-slash" ? "/0/0/0" : "/0.0.0");
            var whole = store[key];
            store[key] = whole[..(whole.Length / 2)];
            (await store.ErrorAsync(info.Name)).Fault.Should().Be(Fault.Corrupt, "{0} ends in its middle", info.Name);
        }
    }

    [Fact]
    public async Task A_level_that_metadata_names_and_nothing_holds_is_corrupt()
    {
        var store = MemoryStore.Of("zarr2/images.zarr/em/fibsem", canList: false);
        store.Remove("s2/.zarray");
        var error = await store.ErrorAsync();
        error.Fault.Should().Be(Fault.Corrupt);
        error.Message.Should().Contain("s2");
    }

    [Fact]
    public async Task A_path_out_of_the_group_is_refused()
    {
        var store = new MemoryStore { CanList = false }
            .With(".zgroup", """{"zarr_format": 2}""")
            .With(".zattrs", """{"multiscales": [{"datasets": [{"path": "../../secret"}]}]}""");
        (await store.ErrorAsync()).Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public async Task A_group_without_arrays_says_so() =>
        (await new MemoryStore().With(".zgroup", """{"zarr_format": 2}""").ErrorAsync()).Message.Should().Contain("got no .zarray here or below");

    [Fact]
    public async Task Nested_chunks_are_found_where_the_metadata_does_not_state_the_separator()
    {
        var store = new MemoryStore { ["0/0"] = [.. Enumerable.Repeat((byte)7, 16)] }.With(".zarray", Sound);
        await using var reader = await store.OneAsync();
        (await reader.ReadAllAsync()).Should().OnlyContain(voxel => voxel == 7);
    }

    [Fact]
    public async Task Random_damage_to_descriptions_is_reported_never_thrown_as_something_else()
    {
        var text = Sound.Trim();
        var (answered, refused) = (0, 0);
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var damaged = text.ToCharArray();
            for (var i = 0; i <= seed % 3; i++)
                damaged[random.Next(damaged.Length)] = "0123456789[]{}\",:.-|<>ifuNtrue"[random.Next(30)];
            var store = new MemoryStore { ["0.0"] = new byte[16] }.With(".zarray", new string(damaged));
            try
            {
                foreach (var reader in await FormatRegistry.OpenAsync(new VolumePath(store, ""), "zarr2"))
                {
                    if (reader.Info.DecodedBytes < 1 << 20)
                        await reader.ReadAllAsync();
                }

                answered++;
            }
            catch (EmException)
            {
                refused++;
            }
        }

        answered.Should().BePositive();
        refused.Should().BePositive();
    }
}
