using CsCheck;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr.Tests.V3;

// One test asks how much memory the whole process holds.
[CollectionDefinition(nameof(ShardTableTests), DisableParallelization = true)]
[Collection(nameof(ShardTableTests))]
public sealed class ShardTableTests : IDisposable
{
    private const string Key = "k";
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["state/shards"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Shards_read_back_in_order_and_the_bytes_do_not_depend_on_the_order_or_the_number_of_runs() =>
        Gen.Select(Volumes, Gen.Int[0, 1000], Gen.Int[1, 20]).Sample(
            (levels, seed, batch) =>
            {
                var expected = Records(levels, seed);
                Write(levels, expected);
                var bytes = File.ReadAllBytes(Path);
                var shuffled = expected.ToArray();
                new Random(seed).Shuffle(shuffled);
                Start(levels);
                foreach (var part in shuffled.Chunk(batch))
                {
                    using var table = ShardTable.OpenToWrite(Path)!;
                    table.Write(part);
                }

                ShouldBeSame(ShardTable.Read(Path), expected);
                File.ReadAllBytes(Path).Should().Equal(bytes);
            },
            iter: 60,
            threads: 1);

    [Fact]
    public void A_damaged_bit_costs_the_shard_it_is_in_and_no_other() => Gen.Select(Volumes, Gen.Int[0, 1000]).Sample(
        (levels, seed) =>
        {
            var records = Records(levels, seed);
            var length = Write(levels, records);
            var random = new Random(seed);
            using var table = ShardTable.OpenToWrite(Path)!;
            var header = File.ReadAllBytes(Path).Length - length;
            Flip(header + random.NextInt64(length), random.Next(8));

            // Also a bit of the padding that slots of edge shards have: whoever holds the file to its checksum needs a way back.
            var states = levels.SelectMany(table.States).ToList();
            states.Count(shard => shard.State == ShardState.Missing).Should().Be(1);
            var kept = states.Zip(records).Where(pair => pair.First.State != ShardState.Missing);
            kept.Should().OnlyContain(pair => pair.First.StoredBytes == pair.Second.StoredBytes && pair.First.Checksum == pair.Second.Checksum && pair.First.State == pair.Second.State);
            var read = () => ShardTable.Read(Path).Count();
            read.Should().Throw<EmException>().Which.Fault.Should().Be(Fault.Corrupt);
            table.Write([records[states.FindIndex(shard => shard.State == ShardState.Missing)]]);
            ShouldBeSame(ShardTable.Read(Path), records);
        },
        iter: 60,
        threads: 1);

    [Fact]
    public void A_table_that_is_cut_off_has_lost_what_lay_behind_and_goes_on()
    {
        var levels = LevelGrid.Pyramid(new NdIndex(50, 60, 70), VoxelType.UInt8, Cube(16), Cube(8), Cube(4), null);
        var records = Records(levels, 1);
        Write(levels, records);
        var length = new FileInfo(Path).Length;
        using (var file = File.OpenHandle(Path, FileMode.Open, FileAccess.Write))
            RandomAccess.SetLength(file, length / 2);
        using (var table = ShardTable.OpenToWrite(Path)!)
        {
            var states = levels.SelectMany(table.States).Select(shard => shard.State).ToList();
            var first = states.IndexOf(ShardState.Missing);
            first.Should().BeGreaterThan(0);
            states.Skip(first).Should().OnlyContain(state => state == ShardState.Missing);
            table.Write(records.Skip(first));
        }

        new FileInfo(Path).Length.Should().Be(length);
        ShouldBeSame(ShardTable.Read(Path), records);
    }

    [Fact]
    public void A_slot_holds_only_at_its_own_place()
    {
        var levels = LevelGrid.Pyramid(new NdIndex(16, 16, 64), VoxelType.UInt8, Cube(16), Cube(16), Cube(16), 1);
        Write(levels, Records(levels, 3));
        var bytes = File.ReadAllBytes(Path);
        var slot = (bytes.Length - Header(bytes)) / 4;
        bytes.AsSpan(Header(bytes), slot).CopyTo(bytes.AsSpan(Header(bytes) + slot));
        File.WriteAllBytes(Path, bytes);
        using var table = ShardTable.Open(Path);
        table.States(levels[0]).Select(shard => shard.State == ShardState.Missing).Should().Equal(false, true, false, false);
    }

    [Fact]
    public void Another_file_or_a_damaged_header_is_no_table()
    {
        var levels = LevelGrid.Pyramid(Cube(16), VoxelType.UInt8, Cube(16), Cube(16), Cube(16), 1);
        Write(levels, Records(levels, 3));
        var bytes = File.ReadAllBytes(Path);
        foreach (var wrong in new[] { [], "EMSHARD1"u8.ToArray(), bytes[..15], bytes[..30], Flipped(bytes, 2), Flipped(bytes, 9), Flipped(bytes, 13), Flipped(bytes, 40), Flipped(bytes, 4000) })
        {
            File.WriteAllBytes(Path, wrong);
            ShardTable.OpenToWrite(Path).Should().BeNull();
            var read = () => ShardTable.Open(Path);
            read.Should().Throw<EmException>().WithMessage($"{Path}: got no table of shards*");
        }
    }

    [Fact]
    public void A_hundred_thousand_shards_are_read_in_bounded_memory()
    {
        var levels = LevelGrid.Pyramid(new NdIndex(100, 100, 80), VoxelType.UInt8, Cube(2), Cube(2), Cube(2), 1);
        Start(levels);
        using var table = ShardTable.OpenToWrite(Path)!;
        table.Write(Box.Whole(levels[0].Grid).CellsTouched(Cube(1)).Select(position => Record(levels[0], position, new Random(1))));
        var start = GC.GetTotalMemory(forceFullCollection: true);
        var (count, peak) = (0, 0L);
        foreach (var shard in table.Shards())
        {
            if (++count % 20_000 == 0)
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - start);
        }

        count.Should().Be(100_000);
        peak.Should().BeLessThan(16 << 20, "the records would be some 50 MB");
    }

    private static Gen<IReadOnlyList<LevelGrid>> Volumes { get; } =
        from shape in Gen.Select(Gen.Long[1, 40], Gen.Long[1, 40], Gen.Long[1, 40])
        from chunk in Gen.Long[1, 2].Select(half => 2 * half)
        from block in Gen.Long[1, 2]
        from shard in Gen.Long[1, 3]
        select LevelGrid.Pyramid(
            new NdIndex(shape.Item1, shape.Item2, shape.Item3), VoxelType.UInt8, Cube(chunk * block * shard), Cube(chunk * block), Cube(chunk), null);

    private static NdIndex Cube(long edge) => NdIndex.Filled(3, edge);

    private static List<ShardRecord> Records(IReadOnlyList<LevelGrid> levels, int seed)
    {
        var random = new Random(seed);
        return [.. levels.SelectMany(level => Box.Whole(level.Grid).CellsTouched(Cube(1)).Select(position => Record(level, position, random)))];
    }

    private static ShardRecord Record(LevelGrid level, NdIndex position, Random random)
    {
        var valid = level.Valid(position);
        var blocks = valid.CellsTouched(level.Block).Select(cell =>
        {
            var box = new Box(cell * level.Block, level.Block).Intersect(valid);
            double Value() => random.Next(10) == 0 ? double.NaN : (random.NextDouble() - 0.5) * 1e9;
            return new BlockRecord(
                level.Level, box.Origin, box.Shape, Value(), Value(), Value(), Value(), Value(), Value(), Value(), Value(), Value(), Value(), Value(),
                random.NextDouble(), random.NextDouble(), random.NextInt64(1L << 40));
        }).ToList();
        return random.Next(4) == 0
            ? new ShardRecord(level.Level, position, ShardState.Empty, 0, 0, blocks)
            : new ShardRecord(level.Level, position, ShardState.Written, random.NextInt64(1L << 40), (uint)random.NextInt64(1L << 32), blocks);
    }

    private void Start(IReadOnlyList<LevelGrid> levels) => ShardTable.Create(Path, Key, "raw", levels).Dispose();

    /// <returns>The bytes of all slots.</returns>
    private long Write(IReadOnlyList<LevelGrid> levels, IReadOnlyList<ShardRecord> records)
    {
        using var table = ShardTable.Create(Path, Key, "raw", levels);
        table.Write(records);
        return table.Length - Header(File.ReadAllBytes(Path));
    }

    private static int Header(byte[] bytes) => (16 + BitConverter.ToInt32(bytes, 8) + 4095) / 4096 * 4096;

    private void Flip(long at, int bit)
    {
        using var file = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Span<byte> value = stackalloc byte[1];
        RandomAccess.Read(file, value, at);
        value[0] ^= (byte)(1 << bit);
        RandomAccess.Write(file, value, at);
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var copy = bytes.ToArray();
        copy[at] ^= 1;
        return copy;
    }

    private static void ShouldBeSame(IEnumerable<ShardRecord> shards, IReadOnlyList<ShardRecord> expected)
    {
        var got = shards.ToList();
        got.Should().HaveCount(expected.Count);
        foreach (var (a, b) in got.Zip(expected))
        {
            (a with { Blocks = b.Blocks }).Should().Be(b);
            a.Blocks.SequenceEqual(b.Blocks).Should().BeTrue("blocks of {0} at level {1}", a.Position, a.Level);
        }
    }
}
