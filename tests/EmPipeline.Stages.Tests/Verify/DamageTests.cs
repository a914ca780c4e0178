using EmPipeline.Stages.Verify;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Verify;

/// <summary>A Verify that was asked for reads everything back, raw and written; what is damaged is named and made again, and nothing else.</summary>
public sealed class DamageTests : IAsyncDisposable
{
    private readonly SmallPipeline _pipeline = new();

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Fact]
    public async Task A_raw_file_that_rotted_at_the_same_length_is_found_and_fetched_again()
    {
        await _pipeline.RunAsync();
        var whole = File.ReadAllBytes(_pipeline.RemoteFile);
        Flip(_pipeline.RemoteFile, whole.Length / 2);
        (await _pipeline.RunAsync()).Should().BeEmpty("a plain run does not read what has not changed in length");
        (await _pipeline.RunAsync(verify: true)).Should().Equal("local: Verify", "remote: Verify");
        _pipeline.Problems.Should().Contain($"{_pipeline.RemoteFile}: got sha256");
        (await _pipeline.RunAsync()).Should().Equal("remote: Download");
        File.ReadAllBytes(_pipeline.RemoteFile).Should().Equal(whole);
    }

    [Fact]
    public async Task A_file_that_is_not_the_published_one_is_named_and_kept()
    {
        const string wrong = "md5:00000000000000000000000000000000";
        _pipeline.Configure(remote: $", checksum: {{ volume.tif: '{wrong}' }}");
        await _pipeline.RunAsync();
        _pipeline.Problems.Should().Contain($"{_pipeline.RemoteFile}: got md5:").And.Contain($"expected {wrong} as published");
        File.Exists(_pipeline.RemoteFile).Should().BeTrue("it would be the same if it were fetched again");
        _pipeline.Configure();
        (await _pipeline.RunAsync()).Should().NotContain("remote: Download").And.Contain("remote: Verify");
        _pipeline.Problems.Should().BeEmpty();
    }

    [Fact]
    public async Task A_verify_that_finds_everything_whole_makes_nothing_else_run()
    {
        await _pipeline.RunAsync();
        (await _pipeline.RunAsync(verify: true)).Should().Equal("local: Verify", "remote: Verify");
        (await VerifyWrittenAsync("remote")).Summary.Should().Be("1 shard intact");
    }

    [Fact]
    public async Task A_local_file_that_changed_behind_its_time_stamp_is_found_by_its_content()
    {
        await _pipeline.RunAsync();
        var time = File.GetLastWriteTimeUtc(_pipeline["scans/section_0.tif"]);
        _pipeline.WriteSection(0, seed: 50);
        File.SetLastWriteTimeUtc(_pipeline["scans/section_0.tif"], time);
        (await _pipeline.RunAsync()).Should().BeEmpty();
        (await _pipeline.RunAsync(verify: true)).Should().Contain(["local: Verify", "local: Rechunk"]);
        _pipeline.Problems.Should().BeEmpty();
    }

    [Theory]
    [InlineData("s0/c/0/0/0")]
    [InlineData("s0/c/1/0/1")]
    [InlineData("s1/c/0/0/0")]
    [InlineData("s1/zarr.json")]
    public async Task A_damaged_shard_of_the_same_length_is_named_set_aside_and_made_again_alone(string damaged)
    {
        // 3 x 2 x 2 shards, and a level above them.
        File.WriteAllBytes(_pipeline["big.tif"], TiffVolume.Make(40, 20, 30));
        _pipeline.Write("pipeline.yaml", $"version: 1\ndatasets:\n  big: {{ source: {{ file: '{_pipeline["big.tif"]}' }}, shard: [16, 16, 16], chunk: [8, 8, 8], levels: 2 }}\n");
        await _pipeline.RunAsync();
        _pipeline.Problems.Should().BeEmpty();
        var zarr = _pipeline.Data.Zarr("big");
        var before = Directory.GetFiles(zarr, "*", SearchOption.AllDirectories).ToDictionary(path => path, path => (File.ReadAllBytes(path), File.GetLastWriteTimeUtc(path)));
        var path = Path.Combine(zarr, damaged);
        Flip(path, (int)new FileInfo(path).Length / 2);

        (await _pipeline.RunAsync()).Should().BeEmpty();
        var found = await Assert.ThrowsAsync<EmException>(() => VerifyWrittenAsync("big"));
        found.Fault.Should().Be(Fault.Corrupt);
        found.Message.Split('\n').Should().ContainSingle().Which.Should().StartWith($"{path}: got ").And.Contain(Path.Combine(_pipeline.Data.State("big"), "damaged", damaged));
        File.Exists(Path.Combine(_pipeline.Data.State("big"), "damaged", damaged)).Should().BeTrue();

        _pipeline.ToDo().Should().Equal("big: Rechunk");
        (await _pipeline.RunAsync()).Should().Equal("big: Rechunk");
        foreach (var (file, (bytes, time)) in before)
        {
            File.ReadAllBytes(file).Should().Equal(bytes);
            if (file != path && Path.GetFileName(file) != "zarr.json")
                File.GetLastWriteTimeUtc(file).Should().Be(time, "{0} was whole and is kept", file);
        }

        await VerifyWrittenAsync("big");
    }

    private Task<StageOutcome> VerifyWrittenAsync(string dataset) =>
        WrittenCheck.RunAsync(_pipeline.Open(verify: true).Context(dataset), TestContext.Current.CancellationToken);

    private static void Flip(string path, int at)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
