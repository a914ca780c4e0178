namespace EmPipeline.Storage.Tests;

/// <summary>What every store answers, whatever it is made of. Inherited once per store.</summary>
public abstract class StoreConformance : IAsyncLifetime
{
    /// <summary>Names that need escaping in URLs, sort between '/' and letters, or look escaped already.</summary>
    private static readonly string[] Keys = ["a-b", "a/0", "a/b/1", "a0", "empty", "with space/+plus&amp%20#hash?.tif", "z/µm ü.dat"];

    private IStore _store = null!;

    /// <summary>A store that holds these objects and nothing else.</summary>
    protected abstract Task<IStore> MakeAsync(IReadOnlyDictionary<string, byte[]> objects);

    protected virtual bool Lists => true;

    private static byte[] Content(string key) => key == "empty" ? [] : [.. Enumerable.Range(0, 1000 + key.Length).Select(i => (byte)(i * 7 + key.Length))];

    public async ValueTask InitializeAsync() => _store = await MakeAsync(Keys.ToDictionary(key => key, Content));

    public virtual async ValueTask DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Finds_every_object_with_its_length()
    {
        foreach (var key in Keys)
            (await _store.FindAsync(key))!.Value.Length.Should().Be(Content(key).Length, key);
    }

    [Fact]
    public async Task Reads_any_range()
    {
        foreach (var key in Keys.Where(key => key != "empty"))
        {
            var all = Content(key);
            foreach (var (offset, count) in new[] { (0, 1), (0, all.Length), (17, 100), (all.Length - 1, 1), (3, 0) })
            {
                var buffer = new byte[count];
                (await _store.ReadAsync(key, offset, buffer)).Should().BeTrue();
                buffer.Should().Equal(all[offset..(offset + count)], $"{key} {offset}+{count}");
            }
        }
    }

    [Fact]
    public async Task Reads_whole_objects_empty_ones_too()
    {
        foreach (var key in Keys)
            (await _store.ReadAllAsync(key)).Should().Equal(Content(key));
    }

    [Fact]
    public async Task Refuses_to_read_whole_what_is_larger_than_allowed()
    {
        var read = async () => await _store.ReadAllAsync("a0", maximum: 100);
        (await read.Should().ThrowAsync<InvalidDataException>()).WithMessage("*got*100*");
    }

    [Fact]
    public async Task Says_absent_by_null_and_false()
    {
        (await _store.FindAsync("nothing/here")).Should().BeNull();
        (await _store.ReadAsync("nothing/here", 0, new byte[1])).Should().BeFalse();
        (await _store.ReadAsync("nothing/here", 0, Memory<byte>.Empty)).Should().BeFalse();
        (await _store.ReadAllAsync("nothing")).Should().BeNull();
    }

    [Fact]
    public async Task Ends_of_objects_are_errors_with_the_place()
    {
        foreach (var (offset, count) in new[] { (1000, 100), (2000, 1), (0, 5000) })
        {
            var read = async () => await _store.ReadAsync("a0", offset, new byte[count]);
            (await read.Should().ThrowAsync<EndOfStreamException>()).WithMessage("*a0*");
        }
    }

    [Fact]
    public async Task Lists_in_ordinal_order_by_prefix()
    {
        if (!Lists)
        {
            var list = () => _store.ListAsync("");
            list.Should().Throw<NotSupportedException>().WithMessage("*cannot list*");
            return;
        }

        foreach (var prefix in new[] { "", "a", "a/", "a/b", "with sp", "nothing", "nothing/" })
        {
            var listed = await _store.ListAsync(prefix).ToListAsync();
            listed.Select(item => item.Key).Should().Equal(Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal), $"prefix '{prefix}'");
            listed.Should().OnlyContain(item => item.Length == Content(item.Key).Length);
        }
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc/hostname")]
    public async Task Refuses_keys_that_leave_the_store(string key)
    {
        var read = async () => await _store.ReadAsync(key, 0, new byte[1]);
        (await read.Should().ThrowAsync<StorageException>()).Which.Fault.Should().Be(StorageFault.Address);
        var find = async () => await _store.FindAsync(key);
        await find.Should().ThrowAsync<StorageException>();
    }

    [Fact]
    public async Task Concurrent_reads_agree() =>
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (i, token) =>
        {
            var key = Keys[i % 4];
            var buffer = new byte[100];
            (await _store.ReadAsync(key, i, buffer, token)).Should().BeTrue();
            buffer.Should().Equal(Content(key)[i..(i + 100)]);
        });

    [Fact]
    public async Task Cancellation_is_not_an_error_of_the_store()
    {
        var read = async () => await _store.ReadAsync("a0", 0, new byte[10], new CancellationToken(canceled: true));
        await read.Should().ThrowAsync<OperationCanceledException>();
    }
}
