using EmPipeline.Formats.Precomputed;
using EmPipeline.Stages.Download;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Download;

public sealed class CropFetchTests : IDisposable
{
    private static readonly NdIndex Shape = new(12, 40, 48);
    private static readonly byte[] Voxels = TestVolumes.Make(Shape);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_file_is_described_as_it_is_on_disk_and_progress_adds_up()
    {
        await using var store = Source();
        var plan = await PlanAsync(store);
        var progress = new Sum();
        var written = new List<LockedObject>();
        await foreach (var one in FetchAsync(plan, _folder["raw"], progress))
            written.Add(one!.Value.File);
        written.Should().HaveCount(plan.Files.Count);
        foreach (var file in written)
        {
            new FileInfo(_folder[$"raw/{file.Key}"]).Length.Should().Be(file.Length);
            (await FileHash.Sha256Async(_folder[$"raw/{file.Key}"])).Should().Be(file.Sha256);
        }

        progress.Total.Should().Be(written.Sum(file => file.Length));
    }

    [Fact]
    public async Task A_source_that_changes_during_the_fetch_leaves_no_file_behind()
    {
        await using var store = new ChangingStore(Source());
        var plan = await PlanAsync(store);
        store.IsChanging = true;
        var fetch = async () => await FetchAsync(plan, _folder["raw"]).ToListAsync();
        (await fetch.Should().ThrowAsync<EmException>()).WithMessage("*changed meanwhile*").Which.Fault.Should().Be(Fault.Source);
        Directory.EnumerateFiles(_folder["raw"], "*", SearchOption.AllDirectories).Select(Path.GetFileName).Should().BeSubsetOf(["info"]);
    }

    [Fact]
    public async Task What_a_check_refuses_is_not_named()
    {
        await using var store = Source();
        var plan = await PlanAsync(store);
        var fetch = async () => await FetchAsync(plan, _folder["raw"], check: _ => throw new InvalidOperationException("refused")).ToListAsync();
        await fetch.Should().ThrowAsync<InvalidOperationException>();
        Directory.EnumerateFiles(_folder["raw"], "*", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_the_machines_fault()
    {
        await using var store = Source();
        var plan = await PlanAsync(store);
        _folder.Write("occupied", "a file where a folder should be");
        var fetch = async () => await FetchAsync(plan, _folder["occupied"]).ToListAsync();
        (await fetch.Should().ThrowAsync<EmException>()).Which.Fault.Should().Be(Fault.Machine);
    }

    [Fact]
    public async Task Chunks_that_the_source_keeps_compressed_are_not_fetched_twice()
    {
        TestVolumes.WritePrecomputed(_folder["source"], Voxels, Shape, new NdIndex(4, 8, 16), ".gz");
        var run = new StageRun(_folder);
        var config = $"  mine: {{ source: {{ precomputed: \"{new Uri(_folder["source"]).AbsoluteUri}\" }}, crop: {{ shape: [3, 20, 24], origin: [6, 9, 17] }} }}\n";
        await run.RunAsync(config);
        (await run.WrittenAsync("mine")).Voxels.Should().Equal(TestVolumes.Cut(Voxels, Shape, new Box(new NdIndex(6, 9, 17), new NdIndex(3, 20, 24))));
        run.Raw("mine").Should().HaveCount(1 + 12).And.Contain(name => name.EndsWith(".gz"));
        var longAgo = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (var name in run.Raw("mine"))
            File.SetLastWriteTimeUtc(Path.Combine(run.Data.Raw("mine"), name), longAgo);
        await run.RunAsync(config, Stage.Download);
        run.Raw("mine").Should().OnlyContain(name => File.GetLastWriteTimeUtc(Path.Combine(run.Data.Raw("mine"), name)) == longAgo, "nothing is fetched anew");
    }

    private LocalStore Source()
    {
        TestVolumes.WritePrecomputed(_folder["source"], Voxels, Shape, new NdIndex(4, 8, 16));
        return new LocalStore(_folder["source"]);
    }

    private static ValueTask<CropPlan> PlanAsync(IStore store) => PrecomputedCrop.PlanAsync(store, "", null, new Box(new NdIndex(6, 9, 17), new NdIndex(3, 20, 24)));

    private static IAsyncEnumerable<(LockedObject File, long BytesRead)?> FetchAsync(CropPlan plan, string folder, IProgress<long>? progress = null, Action<LockedObject>? check = null)
    {
        var fetch = new CropFetch(plan, folder, progress);
        return DurableBatches.RunAsync(plan.Files, 3, (file, batch, token) => fetch.RunAsync(file, "https://x.org/", check ?? (_ => { }), batch, token));
    }

    private sealed class Sum : IProgress<long>
    {
        private long _total;

        public long Total => Interlocked.Read(ref _total);

        public void Report(long value) => Interlocked.Add(ref _total, value);
    }

    /// <summary>A folder whose files are replaced while they are read.</summary>
    private sealed class ChangingStore(LocalStore store) : IStore
    {
        public bool IsChanging { get; set; }

        public string Locate(string key) => store.Locate(key);

        public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default) => store.FindAsync(key, cancellation);

        public ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
        {
            if (IsChanging && key != "info")
                File.SetLastWriteTimeUtc(store.Locate(key), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            return store.ReadAsync(key, offset, buffer, cancellation);
        }

        public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation = default) => store.ListAsync(prefix, cancellation);

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
