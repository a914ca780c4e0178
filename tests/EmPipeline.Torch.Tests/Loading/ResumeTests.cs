using System.Security.Cryptography;
using System.Text;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Loading;

public sealed class ResumeTests(TestCatalog catalog)
{
    private static readonly BlockOptions Small = new() { Shape = NdIndex.Filled(3, 16), Values = BlockValues.Stored, Seed = 3, RandomCrop = true };
    private static readonly BlockLoaderOptions Threes = new() { BatchSize = 3, Workers = 2 };

    private Task<BlockSource> Open(string query = "dataset IN ('cube', 'thin')", BlockOptions? options = null, string? folder = null) =>
        BlockSource.OpenAsync(folder ?? catalog.Folder, query, options ?? Small);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task From_every_state_the_next_batches_are_those_that_would_have_come(bool dropLast)
    {
        await using var source = await Open();
        var options = Threes with { DropLast = dropLast };
        var (all, states) = Served(new BlockLoader(source, options).Epochs(4, 3));
        for (var done = 0; done < states.Count - 1; done++)
        {
            // As after a restart: another source, another number of workers.
            await using var again = await Open();
            var (rest, _) = Served(new BlockLoader(again, options with { Workers = 1 + (done % 3), Prefetch = 1 }).Resume(LoaderState.Parse(states[done].ToJson()), 1));
            rest.Should().NotBeEmpty().And.Equal(all.Skip(done + 1).Take(rest.Count));
        }

        states[^1].Should().Be(new BlockLoader(source, options).Start(7));
    }

    [Fact]
    public async Task A_state_is_of_all_ranks_and_is_gone_on_from_with_another_number_of_them()
    {
        await using var source = await Open();
        var options = Threes with { BatchSize = 4 };
        var (all, _) = Served(new BlockLoader(source, options).Epoch(1));
        var (_, states) = Served(new BlockLoader(source, options with { Rank = 1, WorldSize = 2 }).Epoch(1));
        Served(new BlockLoader(source, options).Resume(states[1], 1)).Batches.Should().Equal(all.Skip(2));
    }

    [Fact]
    public async Task Resuming_reads_nothing_of_what_was_done()
    {
        var reads = 0;
        await using var source = await BlockSource.OpenAsync(
            catalog.Folder, [new SampleQuery("dataset = 'cube'")], Small,
            (_, _) => ValueTask.FromResult<(IVolumeReader, IAsyncDisposable?)>((new CountedVolume(catalog.Volumes["cube"], () => Interlocked.Increment(ref reads)), null)));
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = 2 });
        Served(loader.Resume(loader.Start() with { Samples = 10 }, 1)).Batches.Should().HaveCount(1);
        reads.Should().Be(2);
    }

    [Fact]
    public async Task A_state_is_at_most_a_kilobyte_and_comes_back_as_it_was()
    {
        await using var source = await Open(options: Small with { Seed = ulong.MaxValue });
        var state = new BlockLoader(source).Start(int.MaxValue) with { Samples = long.MaxValue };
        Encoding.UTF8.GetByteCount(state.ToJson()).Should().BeLessThanOrEqualTo(1024);
        LoaderState.Parse(state.ToJson()).Should().Be(state);
    }

    [Fact]
    public async Task A_state_of_another_query_seed_or_options_is_refused()
    {
        await using var source = await Open();
        var state = new BlockLoader(source, Threes).Start();
        await using var query = await Open("dataset IN ('cube', 'thin') AND x >= 0");
        await using var seed = await Open(options: Small with { Seed = 4 });
        await using var blocks = await Open(options: Small with { RandomCrop = false });
        Refused(query, Threes, "*another query*");
        Refused(seed, Threes, "*another seed (3), expected 4*");
        Refused(blocks, Threes, "*another options*");
        Refused(source, Threes with { BatchSize = 4 }, "*another options*");
        Refused(source, Threes with { Shuffle = false }, "*another options*");

        void Refused(BlockSource other, BlockLoaderOptions options, string message)
        {
            var act = () => new BlockLoader(other, options).Resume(state);
            act.Should().Throw<EmException>().WithMessage(message).Which.Fault.Should().Be(Fault.Configuration);
        }
    }

    [Fact]
    public async Task A_state_of_another_catalogue_is_refused_and_one_of_the_same_content_is_not()
    {
        await using var source = await Open();
        await using var other = await Open(folder: catalog.MixedFolder);
        using var copy = new TemporaryFolder();
        Directory.CreateSymbolicLink(copy["zarr"], Path.Combine(catalog.Root, "zarr"));
        await catalog.BuildAsync(copy["catalog"], name => name != "small");
        await using var same = await Open(folder: copy["catalog"]);
        var state = new BlockLoader(source).Start();
        var act = () => new BlockLoader(other).Resume(state);
        act.Should().Throw<EmException>().WithMessage("loader state: got one of another catalogue*begin anew.");
        new BlockLoader(same).Start().Should().Be(state);
    }

    [Theory]
    [InlineData("SELECT * FROM training_blocks WHERE dataset = 'cube' ORDER BY random()")]
    [InlineData("SELECT * FROM training_blocks WHERE dataset IN ('cube', 'thin') AND random() < 0.5")]
    [InlineData("SELECT * FROM training_blocks TABLESAMPLE reservoir(6)")]
    [InlineData("SELECT * FROM training_blocks USING SAMPLE 50 PERCENT (bernoulli)")]
    public async Task Blocks_that_a_query_draws_at_random_are_the_same_ones_on_every_rank_and_after_a_restart(string query)
    {
        await using var source = await Open(query, Small with { Values = BlockValues.Normalised });
        for (var i = 0; i < 3; i++)
        {
            await using var again = await Open(query, Small with { Values = BlockValues.Normalised });
            again.Blocks.Should().Equal(source.Blocks);
            new BlockLoader(again).Start().Should().Be(new BlockLoader(source).Start());
        }
    }

    [Fact]
    public async Task A_state_is_refused_where_its_query_chooses_other_blocks_now()
    {
        const string query = "SELECT * FROM training_blocks WHERE dataset = 'cube' ORDER BY md5(now()::VARCHAR || z || y || x)";
        await using var source = await Open(query);
        await using var other = await Open(query);
        other.Blocks.Should().NotEqual(source.Blocks, "twelve blocks are seldom drawn twice in one order");
        var act = () => new BlockLoader(other).Resume(new BlockLoader(source).Start());
        act.Should().Throw<EmException>().WithMessage("loader state: got one of another query, or of one that chose other blocks*");
    }

    [Theory]
    [InlineData("", "loader state: *Begin anew*")]
    [InlineData("{}", "loader state: *")]
    [InlineData("null", "loader state: got null*")]
    [InlineData("""{"version":1,"catalogue":"","query":"","options":""}""", "loader state: got version 1*expected version 2*")]
    [InlineData("""{"version":2,"catalogue":"","query":"","options":"","epoch":-1}""", "loader state: got *epoch -1*")]
    public void What_is_no_state_is_refused(string json, string message)
    {
        var act = () => LoaderState.Parse(json);
        act.Should().Throw<EmException>().WithMessage(message);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(300)]
    public async Task A_state_between_batches_or_beyond_the_epoch_is_refused(long samples)
    {
        await using var source = await Open();
        var loader = new BlockLoader(source, Threes);
        var act = () => loader.Resume(loader.Start() with { Samples = samples });
        act.Should().Throw<EmException>().WithMessage($"loader state: got {samples} samples done*");
    }

    private static (List<string> Batches, List<LoaderState> States) Served(IEnumerable<BlockBatch> batches)
    {
        var (served, states) = (new List<string>(), new List<LoaderState>());
        foreach (var batch in batches)
        {
            using (batch)
            {
                served.Add($"{batch.Epoch} {Convert.ToHexString(SHA256.HashData(batch.Data.bytes))}");
                states.Add(batch.State);
            }
        }

        return (served, states);
    }

    private sealed class CountedVolume(SyntheticVolume volume, Action onRead) : IVolumeReader
    {
        public VolumeInfo Info => volume.Info;

        public ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
        {
            onRead();
            return volume.ReadAsync(box, buffer, cancellation);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
