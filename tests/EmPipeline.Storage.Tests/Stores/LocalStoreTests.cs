namespace EmPipeline.Storage.Tests;

public sealed class LocalStoreTests : StoreConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override async Task<IStore> MakeAsync(IReadOnlyDictionary<string, byte[]> objects)
    {
        foreach (var (key, bytes) in objects)
            await _folder.WriteAsync(key, bytes);
        return new LocalStore(_folder.Path);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Reads_more_files_than_it_keeps_open_from_many_threads()
    {
        const int files = 1500;
        for (var i = 0; i < files; i++)
            await File.WriteAllBytesAsync(_folder[$"f{i}"], BitConverter.GetBytes(i));
        await using var store = new LocalStore(_folder.Path);
        await Parallel.ForEachAsync(Enumerable.Range(0, 20_000), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, token) =>
        {
            var file = (int)((uint)(i * 2654435761) % files);
            var buffer = new byte[4];
            (await store.ReadAsync($"f{file}", 0, buffer, token)).Should().BeTrue();
            BitConverter.ToInt32(buffer).Should().Be(file);
        });
    }

    [Fact]
    public async Task A_link_has_its_targets_length()
    {
        await _folder.WriteAsync("real", new byte[5000]);
        File.CreateSymbolicLink(_folder["link"], _folder["real"]);
        await using var store = new LocalStore(_folder.Path);
        (await store.FindAsync("link", TestContext.Current.CancellationToken))!.Value.Length.Should().Be(5000);
    }

    [Fact]
    public async Task A_folder_is_not_an_object()
    {
        Directory.CreateDirectory(_folder["folder"]);
        await using var store = new LocalStore(_folder.Path);
        (await store.FindAsync("folder")).Should().BeNull();
        (await store.ReadAsync("folder", 0, new byte[1])).Should().BeFalse();
    }
}
