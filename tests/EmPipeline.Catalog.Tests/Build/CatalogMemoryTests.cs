using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Tests.Build;

/// <summary>Not beside other tests: the heap that is measured is the whole process's.</summary>
[CollectionDefinition(nameof(CatalogMemoryTests), DisableParallelization = true)]
[Collection(nameof(CatalogMemoryTests))]
public sealed class CatalogMemoryTests
{
    [Fact]
    public async Task Memory_does_not_grow_with_the_number_of_blocks()
    {
        var peak = 0L;
        using var folder = new TemporaryFolder();
        await CatalogBuilder.BuildAsync(Samples.Content() with { Blocks = Watch(Many(200_000)).ToAsyncEnumerable() }, folder["catalog"]);
        (await new CatalogReader(folder["catalog"]).QueryAsync("SELECT count(*) AS n FROM blocks"))[0]["n"].Should().Be(200_000L);
        peak.Should().BeLessThan(30L << 20, "the rows as objects would be more than 40 MB; a row group is 15");

        IEnumerable<BlockRow> Watch(IEnumerable<BlockRow> rows)
        {
            var start = GC.GetTotalMemory(true);
            var count = 0;
            foreach (var row in rows)
            {
                if (++count % 60_000 == 0)
                    peak = Math.Max(peak, GC.GetTotalMemory(true) - start);
                yield return row;
            }
        }
    }

    private static IEnumerable<BlockRow> Many(int count)
    {
        for (var i = 0; i < count; i++)
            yield return Samples.Block("crop", 0, new NdIndex(i, 0, 0), new NdIndex(1, 1, 1), i + 4);
    }
}
