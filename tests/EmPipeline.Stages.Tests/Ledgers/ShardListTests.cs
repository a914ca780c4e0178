using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Stages.Tests.Ledgers;

public sealed class ShardListTests : IDisposable
{
    private static readonly NdIndex Edge = NdIndex.Filled(3, 4);
    private static readonly IReadOnlyList<LevelGrid> Levels = [new(0, new NdIndex(8, 8, 40), Ones, Ones, Edge, Edge, Edge, Edge)];
    private readonly TemporaryFolder _folder = new();

    private static NdIndex Ones => NdIndex.Filled(3, 1);

    private DataFolder Data => new(_folder["data"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Shards_that_are_gone_or_of_another_length_are_counted_and_the_first_named()
    {
        var ledger = await WriteAsync();
        LedgerFiles.Missing(ledger, Data).Count.Should().Be(0);

        var c = _folder["data/zarr/a.zarr/s0/c"];
        File.Delete(Path.Combine(c, "1/1/3"));
        File.WriteAllBytes(Path.Combine(c, "0/0/1"), new byte[7]);
        var missing = LedgerFiles.Missing(ledger, Data);
        missing.Count.Should().Be(2);
        missing.First.Should().Equal(Path.Combine(c, "0/0/1"), Path.Combine(c, "1/1/3"));
    }

    [Fact]
    public async Task A_damaged_or_lost_table_counts_as_missing_and_is_not_read()
    {
        var ledger = await WriteAsync();
        var table = Data.ShardTable("a");
        var bytes = await File.ReadAllBytesAsync(table, TestContext.Current.CancellationToken);
        ledger.Shards!.Read(Data).Should().HaveCount(40);
        foreach (var wrong in new[] { bytes[..^1], [.. bytes, 0], Flipped(bytes, 20), Flipped(bytes, 4000), Flipped(bytes, bytes.Length - 130) })
        {
            await File.WriteAllBytesAsync(table, wrong, TestContext.Current.CancellationToken);
            LedgerFiles.Missing(ledger, Data).First.Should().Equal(table);
            var read = () => ledger.Shards.Read(Data).Count();
            read.Should().Throw<EmException>().Which.Fault.Should().Be(Fault.Corrupt);
        }

        File.Delete(table);
        LedgerFiles.Missing(ledger, Data).First.Should().Equal(table);
    }

    [Fact]
    public async Task Another_runs_table_of_the_same_length_counts_as_missing()
    {
        var ledger = await WriteAsync();
        var another = ledger with { Shards = ledger.Shards! with { Key = "another" } };
        LedgerFiles.Missing(another, Data).First.Should().Equal(Data.ShardTable("a"));
    }

    /// <summary>Forty shards, every fourth of them empty.</summary>
    private async Task<Ledger> WriteAsync()
    {
        var folder = new ShardFolder(_folder["data/zarr/a.zarr"]);
        using (var table = ShardTable.Create(Data.ShardTable("a"), "key", "raw", Levels))
        {
            var number = 0;
            foreach (var position in Box.Whole(Levels[0].Grid).CellsTouched(Ones))
            {
                var empty = number++ % 4 == 0;
                if (!empty)
                {
                    folder.Make(0, position);
                    await File.WriteAllBytesAsync(folder.File(0, position), new byte[100 + number]);
                }

                var block = new BlockRecord(0, position * Edge, Edge, 0, 1, 0.5, 0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
                table.Write([new ShardRecord(0, position, empty ? ShardState.Empty : ShardState.Written, empty ? 0 : 100 + number, 1, [block])]);
            }
        }

        var path = Data.ShardTable("a");
        var shards = new ShardList(Data.Relative(path), "key", FileLength.Of(path), await FileHash.Sha256Async(path), "zarr/a.zarr");
        return new Ledger { Stage = "Rechunk", Inputs = [], Upstream = new Dictionary<string, string>(), Shards = shards };
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var copy = bytes.ToArray();
        copy[at] ^= 1;
        return copy;
    }
}
