using EmPipeline.Catalog;
using EmPipeline.Stages.Catalog;
using EmPipeline.Stages.Publish;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Tests.Publish;

public sealed class PublishStageTests : PublishFixture
{
    [Fact]
    public async Task All_that_the_catalogue_is_of_is_there_in_its_order_and_nothing_else()
    {
        File.WriteAllText(Path.Combine(Pipeline.Data.Zarr("local"), "notes.txt"), "mine");
        var outcome = await PublishAsync();
        File.Delete(Path.Combine(Pipeline.Data.Zarr("local"), "notes.txt"));
        ShouldBePublished();
        outcome.Bytes.Should().Be(Server.Objects.Values.Sum(bytes => (long)bytes.Length));
        var puts = Server.Requests.Where(request => request.StartsWith("PUT", StringComparison.Ordinal)).Select(request => request[$"PUT /{Below}".Length..]).ToList();
        puts[0].Should().Be("publishing.json");
        puts[^1].Should().Be("catalog/catalog.duckdb", "who opens it finds all that it tells of");
        puts.FindIndex(key => key.StartsWith("catalog/", StringComparison.Ordinal)).Should().BeGreaterThan(puts.FindLastIndex(key => key.StartsWith("zarr/", StringComparison.Ordinal)));
        foreach (var dataset in new[] { "local", "remote" })
            puts.FindIndex(key => key == $"zarr/{dataset}.zarr/zarr.json").Should().Be(puts.FindLastIndex(key => key.StartsWith($"zarr/{dataset}.zarr/", StringComparison.Ordinal)));
        Server.Objects[Below + "index.html"].Should().Equal(File.ReadAllBytes(Pipeline.Data.Report));
    }

    [Fact]
    public async Task A_reader_finds_the_published_catalogue_and_its_voxels()
    {
        await PublishAsync();
        var options = new RemoteOptions { CacheFolder = Pipeline["cache"], Stores = new StoreOptions { S3 = TestRetries.S3(Server.Address) } };
        var catalog = await CatalogReader.OpenAsync(To + "/catalog", options, Token);
        foreach (var block in await catalog.SelectBlocksAsync("", cancellation: Token))
        {
            await using var store = new RemoteStores(options).Open(new Uri(block.Volume.Path));
            await using var local = new LocalStore(Path.Combine(Pipeline.Data.Root, block.Volume.Path[$"{To}/".Length..]));
            (await VoxelsAsync(store)).Should().Equal(await VoxelsAsync(local));
        }

        static async Task<byte[]> VoxelsAsync(IStore store)
        {
            await using var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, ""), Token)).Single();
            var voxels = new byte[reader.Info.Shape.Volume * reader.Info.Type.Size()];
            await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels, Token);
            return voxels;
        }
    }

    [Fact]
    public async Task Nothing_is_sent_again_and_a_plan_sends_nothing()
    {
        (await PublishAsync(plan: true)).Summary.Should().StartWith($"{Wanted().Count() + 2} objects to send");
        Server.Objects.Should().BeEmpty();
        await PublishAsync();
        Server.Requests.Clear();
        (await PublishAsync()).Summary.Should().Be($"0 objects sent in 0 requests, {Wanted().Count() + 2} equal");
        Server.Requests.Where(request => request.StartsWith("PUT", StringComparison.Ordinal)).Should().OnlyContain(request => request == $"PUT /{Below}publishing.json");
        Server.Requests.Where(request => request.StartsWith("HEAD", StringComparison.Ordinal)).Should().OnlyContain(request => request == $"HEAD /{Below}publishing.json");
    }

    [Fact]
    public async Task A_volume_that_changes_is_taken_back_until_it_is_whole_again()
    {
        await PublishAsync();
        Pipeline.Serve(seed: 2);
        await Pipeline.RunAsync(updateLock: true);
        var broken = new List<string>();
        Server.Fault = (_, context) =>
        {
            if (context.Request.Method == "PUT" && context.Request.Path.Value!.Contains("remote.zarr/s0/c/", StringComparison.Ordinal))
                broken.AddRange(Published().Where(key => key.StartsWith("zarr/remote.zarr/", StringComparison.Ordinal) && key.EndsWith("zarr.json", StringComparison.Ordinal)));
            return Task.FromResult(false);
        };
        await PublishAsync();
        broken.Should().BeEmpty("no reader may see the new shards as the old volume");
        ShouldBePublished();
        Server.Requests.Count(request => request.Contains("local.zarr/s0/c", StringComparison.Ordinal) && request.StartsWith("PUT", StringComparison.Ordinal)).Should().Be(1, "what stayed as it is was sent once");
    }

    [Fact]
    public async Task A_shard_that_has_become_empty_is_empty_there_too()
    {
        const string keys = ", shard: [16, 32, 32], chunk: [8, 16, 16]";
        Pipeline.Configure(remote: keys);
        await Pipeline.RunAsync();
        await PublishAsync();
        var before = Published().Count(key => key.StartsWith("zarr/remote.zarr/s0/c/", StringComparison.Ordinal));
        var voxels = new byte[4 * 40 * 50];
        Array.Fill(voxels, (byte)7, 0, 50);
        Pipeline.Serve(TiffVolume.Of(voxels, 4, 40, 50));
        await Pipeline.RunAsync(updateLock: true);
        Directory.EnumerateFiles(Path.Combine(Pipeline.Data.Zarr("remote"), "s0/c"), "*", SearchOption.AllDirectories).Count().Should().BeLessThan(before);
        var told = new List<string>();
        Server.Fault = (_, context) =>
        {
            if ((context.Request.Method == "DELETE" && context.Request.Path.Value!.Contains("/c/", StringComparison.Ordinal)) || context.Request.Query.ContainsKey("delete"))
                told.AddRange(Published().Where(key => key == "zarr/remote.zarr/zarr.json"));
            return Task.FromResult(false);
        };
        await PublishAsync();
        ShouldBePublished();
        told.Should().BeEmpty("no reader may see the old volume without some of its shards");
    }

    [Fact]
    public async Task A_volume_that_was_made_anew_since_is_not_sent_with_the_old_catalogue()
    {
        var planned = CatalogPlan.Of(Pipeline.Open());
        Pipeline.Serve(seed: 2);
        var run = Pipeline.Open(updateLock: true);
        foreach (var stage in Stage.All)
            await run.RunAsync(stage, run.Context("remote") with { UpdateLock = true }, Token);
        var publish = () => PublishStage.RunAsync(planned, Pipeline.Data, new PublishOptions(To) { Stores = new StoreOptions { S3 = TestRetries.S3(Server.Address, Time) } }, Token);
        (await publish.Should().ThrowAsync<EmException>()).WithMessage("*remote has been made anew*");
        Server.Objects.Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_no_longer_wanted_is_named_and_removed_when_asked()
    {
        await PublishAsync();
        Server.Objects["bucket/some/prefix/readme.txt"] = [1];
        Server.Objects["bucket/some/other"] = [1];
        Pipeline.Write("pipeline.yaml", $$"""
            version: 1
            datasets:
              local: { source: { file: "{{Pipeline["scans/section_*.tif"]}}" } }
            """);
        await Pipeline.RunAsync();
        var before = Published().Where(key => key.StartsWith("zarr/remote.zarr/", StringComparison.Ordinal)).ToList();
        (await PublishAsync()).Summary.Should().EndWith($", {before.Count} no longer wanted");
        Warnings.Should().ContainSingle().Which.Should().Contain($" and {before.Count - 1} more: no longer wanted. --prune removes them.");
        Published().Should().Contain(before);
        (await PublishAsync(plan: true, prune: true)).Summary.Should().Contain($", {before.Count} no longer wanted; ");
        (await PublishAsync(prune: true)).Summary.Should().EndWith($", {before.Count} removed");
        Published().Should().NotContain(before).And.Contain("readme.txt", "it is somebody else's");
        Server.Objects.Should().ContainKey("bucket/some/other");
    }

    [Fact]
    public async Task Two_publishers_do_not_mix()
    {
        await using var other = new SmallPipeline();
        await other.RunAsync();
        var entered = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        Server.Fault = async (_, context) =>
        {
            if (context.Request.Method == "PUT" && context.Request.Path.Value!.Contains("/zarr/", StringComparison.Ordinal))
            {
                entered.TrySetResult();
                await go.Task;
            }

            return false;
        };
        var first = PublishAsync();
        await entered.Task;
        var second = () => PublishAsync(pipeline: other);
        (await second.Should().ThrowAsync<EmException>()).WithMessage($"{To}/publishing.json (at *): got another publisher at work (on {Environment.MachineName} since *");
        go.SetResult();
        await first;
        ShouldBePublished();
        await second();
        Published().Should().NotContain("publishing.json");
    }

    [Fact]
    public async Task A_copy_of_the_data_folder_is_another_publisher()
    {
        await using var copy = new SmallPipeline();
        await copy.RunAsync();
        var original = await PublishAndStopAsync();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Pipeline.Data.Root, "state"), "publish.*"))
            File.Copy(file, Path.Combine(copy.Data.Root, "state", Path.GetFileName(file)), overwrite: true);
        var run = () => PublishAsync(pipeline: copy);
        (await run.Should().ThrowAsync<EmException>()).WithMessage("*publishing.json (at *): got another publisher at work *");
        Server.Objects[Below + PublishLock.Key].Should().Equal(original, "it is not the copy's to remove");
        await PublishAsync();
        ShouldBePublished();
    }

    [Fact]
    public async Task Where_conditions_are_not_heeded_that_is_said_and_who_lost_its_turn_tells_readers_nothing()
    {
        Server.Conditions = false;
        await PublishAsync();
        Warnings.Should().ContainSingle().Which.Should().Contain("expected If-None-Match to be heeded");
        Server.Objects.Clear();
        Server.Fault = (_, context) =>
        {
            if (context.Request.Path.Value!.EndsWith("index.html", StringComparison.Ordinal))
                Server.Objects[Below + PublishLock.Key] = """{"id":"other"}"""u8.ToArray();
            return Task.FromResult(false);
        };
        var run = () => PublishAsync();
        (await run.Should().ThrowAsync<EmException>()).WithMessage("*got another publisher at work *");
        Published().Should().NotContain("catalog/catalog.duckdb").And.Contain(PublishLock.Key, "it is the other's");
    }

    /// <summary>As if it were killed.</summary>
    /// <returns>The lock that it leaves.</returns>
    private async Task<byte[]> PublishAndStopAsync()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Server.Fault = async (_, context) =>
        {
            if (context.Request.Path.Value!.EndsWith("remote.zarr/zarr.json", StringComparison.Ordinal))
                await stop.CancelAsync();
            if (stop.IsCancellationRequested)
                context.Response.StatusCode = 400;
            return stop.IsCancellationRequested;
        };
        var run = () => PublishAsync(cancellation: stop.Token);
        await run.Should().ThrowAsync<Exception>();
        Server.Fault = null;
        return Server.Objects[Below + PublishLock.Key];
    }

    [Fact]
    public async Task A_run_that_is_stopped_is_gone_on_with()
    {
        await PublishAndStopAsync();
        Published().Should().Contain("publishing.json").And.NotContain("catalog/catalog.duckdb");
        Server.Requests.Clear();
        await PublishAsync();
        ShouldBePublished();
        Server.Requests.Should().NotContain(request => request.StartsWith("PUT", StringComparison.Ordinal) && request.Contains("/c/", StringComparison.Ordinal), "shards were there");
    }

    [Fact]
    public async Task A_shard_that_is_damaged_is_named_and_no_volume_made_of_it()
    {
        var shard = Directory.EnumerateFiles(Path.Combine(Pipeline.Data.Zarr("remote"), "s0/c"), "*", SearchOption.AllDirectories).First();
        var bytes = File.ReadAllBytes(shard);
        bytes[0] ^= 1;
        File.WriteAllBytes(shard, bytes);
        var run = () => PublishAsync();
        (await run.Should().ThrowAsync<StorageException>()).WithMessage($"{shard}: got CRC-32C *, expected *");
        Published().Should().NotContain("zarr/remote.zarr/zarr.json").And.NotContain("catalog/catalog.duckdb").And.NotContain("publishing.json");
    }

    [Fact]
    public async Task A_folder_is_published_to_like_a_bucket()
    {
        var to = Pipeline["there"];
        await PublishAsync(to);
        foreach (var key in Wanted())
            File.ReadAllBytes(Path.Combine(to, key)).Should().Equal(File.ReadAllBytes(Path.Combine(Pipeline.Data.Root, key)), key);
        (await PublishAsync(to)).Summary.Should().StartWith("0 objects sent");
        Directory.EnumerateFiles(to, "*", SearchOption.AllDirectories).Should().HaveCount(Wanted().Count() + 2);
        var inside = () => PublishAsync(Path.Combine(Pipeline.Data.Root, "zarr"));
        (await inside.Should().ThrowAsync<EmException>()).WithMessage("--to: got *, which is in the data folder, expected another place.");
    }

    [Fact]
    public async Task A_catalogue_that_is_to_be_built_is_not_published()
    {
        Pipeline.Configure(remote: ", title: another");
        var run = () => PublishAsync();
        (await run.Should().ThrowAsync<EmException>()).WithMessage("*: got a catalogue that is to be built (*), expected one that is up to date. Run ./build.sh Catalog first.");
        Server.Requests.Should().BeEmpty();
    }
}
