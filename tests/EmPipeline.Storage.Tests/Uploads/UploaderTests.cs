namespace EmPipeline.Storage.Tests;

public sealed class UploaderTests : UploadFixture
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_become_objects_of_the_same_bytes_large_ones_in_parts()
    {
        var items = new[] { Write("a/0", 1000), Write("a/1", 0), Write("b.json", 77, known: false), Write("c/large", (2 * Part) + 12345), Write("c/just one", Part) };
        (await UploadAsync(items, cancellation: Token)).Should().Be(new UploadCounts(5, items.Sum(item => item.Length), 0, 4 + 5));
        foreach (var item in items)
            Stored(item.Key).Should().Equal(File.ReadAllBytes(item.Path), item.Key);
        Server.Objects.Should().HaveCount(5);
        Server.Unfinished.Should().BeEmpty();
        Server.Requests.Count(request => request.StartsWith("POST", StringComparison.Ordinal)).Should().Be(2, "one file is sent in parts");
    }

    [Theory]
    [InlineData(true, true, 3)]
    [InlineData(false, true, 3)]
    [InlineData(true, false, 2)]
    [InlineData(false, false, 0)]
    public async Task What_is_there_and_equal_is_not_sent_again(bool withRecord, bool md5, int equal)
    {
        Server.Md5 = md5;
        var items = new[] { Write("a", 1000), Write("b", Part + 5), Write("c", 40, known: false) };
        await UploadAsync(items, withRecord, cancellation: Token);
        Server.Requests.Clear();
        (await UploadAsync(items, withRecord, cancellation: Token)).Equal.Should().Be(equal, "without MD5 a store tells nothing of content that is not on record");
        if (equal == 3)
            Server.Requests.Should().HaveCount(2, "uploads and objects are listed, nothing is asked for one object");
    }

    [Fact]
    public async Task Equal_is_what_is_equal_and_not_what_has_the_same_checksum()
    {
        // Pieces that end with their own CRC-32C all have one: as the chunks of a shard do.
        byte[] Shard(byte value)
        {
            byte[] chunk = [.. Enumerable.Repeat(value, 100)];
            return [.. chunk, .. BitConverter.GetBytes(Crc32C.Compute(chunk))];
        }

        Crc32C.Compute(Shard(1)).Should().Be(Crc32C.Compute(Shard(2)));
        foreach (byte value in new byte[] { 1, 2 })
        {
            var path = Folder.Write("shard", "");
            File.WriteAllBytes(path, Shard(value));
            await UploadAsync([new UploadItem("shard", path, 104, Crc32C.Compute(Shard(value))) { Identity = $"made of {value}" }], cancellation: Token);
            Stored("shard").Should().Equal(Shard(value));
        }
    }

    [Fact]
    public async Task What_a_killed_run_left_of_a_longer_file_in_a_folder_is_no_part_of_a_shorter_one()
    {
        await using var store = UploadStores.Open(new Uri(Folder["there"]));
        var left = await store.BeginAsync("a", Token);
        await store.PutPartAsync(left, 1, 0, new byte[3 * Part], Token);
        var item = Write("a", (2 * Part) + 1);
        await UploadAsync([item], store: store, cancellation: Token);
        File.ReadAllBytes(Folder["there/a"]).Should().Equal(File.ReadAllBytes(item.Path));
    }

    [Fact]
    public async Task Of_many_who_put_what_is_not_there_into_a_folder_one_does()
    {
        await using var store = UploadStores.Open(new Uri(Folder["there"]));
        for (var key = 0; key < 30; key++)
        {
            var name = $"lock-{key}";
            using var begin = new Barrier(8);
            var put = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(() => PutAsync(i), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
            var winner = put.Should().ContainSingle(who => who >= 0).Which;
            File.ReadAllBytes(Folder["there/" + name]).Should().Equal((byte)winner);

            async Task<int> PutAsync(int who)
            {
                begin.SignalAndWait(Token);
                try
                {
                    await store.PutAsync(name, new[] { (byte)who }, UploadCondition.Absent, Token);
                    return who;
                }
                catch (StorageException e) when (e.Fault == StorageFault.Conflict)
                {
                    return -1;
                }
            }
        }

        Directory.EnumerateFiles(Folder["there"]).Should().HaveCount(30, "nothing is left of who was too late");
    }

    [Fact]
    public async Task The_store_is_believed_and_not_the_record()
    {
        var items = new[] { Write("a", 1000), Write("b", 1000, seed: 1) };
        await UploadAsync(items, cancellation: Token);
        Server.Objects["bucket/some/prefix/a"] = new byte[1000];
        Server.Objects.TryRemove("bucket/some/prefix/b", out _);
        (await UploadAsync(items, cancellation: Token)).Objects.Should().Be(2);
        Stored("a").Should().Equal(File.ReadAllBytes(items[0].Path));
    }

    [Fact]
    public async Task Changed_files_are_sent_again_and_only_they()
    {
        var items = new[] { Write("a", 1000), Write("b", 1000, seed: 1), Write("c", Part + 1) };
        await UploadAsync(items, cancellation: Token);
        items[1] = Write("b", 1000, seed: 2);
        items[2] = Write("c", Part + 1, seed: 2);
        (await UploadAsync(items, plan: true, cancellation: Token)).Should().Be(new UploadCounts(2, items[1].Length + items[2].Length, 1, 5));
        var before = Server.BytesTaken;
        (await UploadAsync(items, cancellation: Token)).Objects.Should().Be(2);
        Stored("b").Should().Equal(File.ReadAllBytes(items[1].Path));
        Stored("c").Should().Equal(File.ReadAllBytes(items[2].Path));
        Server.BytesTaken.Should().BeLessThan(before + (2 * Part));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(Part + 100)]
    public async Task A_file_that_is_not_what_was_written_is_not_sent_as_whole(int length)
    {
        var item = Write("a", length);
        var bytes = File.ReadAllBytes(item.Path);
        bytes[length / 2] ^= 1;
        File.WriteAllBytes(item.Path, bytes);
        var run = () => UploadAsync([item], cancellation: Token);
        (await run.Should().ThrowAsync<StorageException>()).Which.Should().Match<StorageException>(e => e.Fault == StorageFault.Content && e.Message.Contains("got CRC-32C"));
        Server.Objects.Should().BeEmpty();
        Server.Unfinished.Should().BeEmpty("nobody would go on with it");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_is_stopped_goes_on_with_the_parts_that_are_there(bool checksums)
    {
        Server.Checksums = checksums;
        var item = Write("large", (3 * Part) + 999);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var parts = 0;
        Server.Fault = async (_, context) =>
        {
            if (context.Request.Query.ContainsKey("partNumber") && Interlocked.Increment(ref parts) == 3)
            {
                await stop.CancelAsync();
                context.Abort();
                return true;
            }

            return false;
        };
        var run = () => UploadAsync([item], cancellation: stop.Token);
        await run.Should().ThrowAsync<OperationCanceledException>();
        Server.Fault = null;
        Server.Objects.Should().BeEmpty();
        await UploadAsync([item], cancellation: Token);
        Stored("large").Should().Equal(File.ReadAllBytes(item.Path));
        Server.Unfinished.Should().BeEmpty();
        Server.Requests.Count(request => request.StartsWith("POST", StringComparison.Ordinal)).Should().Be(2, "it was begun once and completed once");
    }

    [Fact]
    public async Task What_another_tool_began_without_checksums_is_begun_anew()
    {
        var item = Write("large", (2 * Part) + 999);
        Server.LeaveUnfinished("bucket/some/prefix/large", File.ReadAllBytes(item.Path)[..Part]);
        await UploadAsync([item], cancellation: Token);
        Stored("large").Should().Equal(File.ReadAllBytes(item.Path));
        Server.Unfinished.Should().BeEmpty();
    }

    [Fact]
    public async Task A_conditional_put_whose_answer_was_lost_is_recognised_by_its_checksum_where_versions_are_no_md5()
    {
        Server.Md5 = false;
        var item = Write("zarr.json", 500) with { IsConditional = true };
        var lost = 0;
        Server.Fault = (_, context) => context.Request.Method == "PUT" && lost++ == 0 ? Server.LoseAnswerAsync(context) : Task.FromResult(false);
        (await UploadAsync([item], cancellation: Token)).Objects.Should().Be(1);
        Stored("zarr.json").Should().Equal(File.ReadAllBytes(item.Path));
    }

    [Fact]
    public async Task A_conditional_put_does_not_overwrite_what_somebody_else_has_put_meanwhile()
    {
        var item = Write("zarr.json", 500) with { IsConditional = true };
        await UploadAsync([item], cancellation: Token);
        item = Write("zarr.json", 500, seed: 1) with { IsConditional = true };
        var other = new byte[500];
        var run = () => UploadAsync(
            [item],
            before: _ =>
            {
                Server.Objects["bucket/some/prefix/zarr.json"] = other;
                return Task.CompletedTask;
            },
            cancellation: Token);
        (await run.Should().ThrowAsync<StorageException>()).Which.Fault.Should().Be(StorageFault.Conflict);
        Stored("zarr.json").Should().BeSameAs(other);
        await UploadAsync([item], cancellation: Token);
        Stored("zarr.json").Should().Equal(File.ReadAllBytes(item.Path));
    }

    [Fact]
    public async Task A_folder_is_a_store_too()
    {
        await using var store = UploadStores.Open(new Uri(Folder["there"]));
        var items = new[] { Write("from/a/0", 1000), Write("from/b", Part + 77) };
        (await UploadAsync(items, store: store, cancellation: Token)).Objects.Should().Be(2);
        foreach (var item in items)
            File.ReadAllBytes(Folder["there/" + item.Key]).Should().Equal(File.ReadAllBytes(item.Path));
        (await UploadAsync(items, store: store, cancellation: Token)).Should().Be(new UploadCounts(0, 0, 2, 0));
        Directory.EnumerateFiles(Folder["there"], "*", SearchOption.AllDirectories).Should().HaveCount(2);
        await store.DeleteAsync(["from/a/0", "from/none"], Token);
        Directory.Exists(Folder["there/from/a"]).Should().BeFalse();
    }

    [Fact]
    public void Other_places_are_refused_with_what_is_expected()
    {
        foreach (var address in new[] { "https://host/folder", "gs://bucket/prefix", "s3:///prefix" })
        {
            var open = () => UploadStores.Open(new Uri(address));
            open.Should().Throw<StorageException>().WithMessage($"*{new Uri(address).OriginalString}: got no place that can be written to, expected s3://bucket/prefix or a folder.");
        }
    }
}
