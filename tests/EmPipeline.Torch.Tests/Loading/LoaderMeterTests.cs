using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace EmPipeline.Torch.Tests.Loading;

[Collection(nameof(LoaderMeterTests))]
[CollectionDefinition(nameof(LoaderMeterTests), DisableParallelization = true)]
public sealed class LoaderMeterTests(TestCatalog catalog)
{
    [Fact]
    public async Task Whoever_listens_hears_of_blocks_bytes_reads_and_waiting()
    {
        var (sums, counts) = (new ConcurrentDictionary<string, double>(), new ConcurrentDictionary<string, int>());
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name.StartsWith("EmPipeline.", StringComparison.Ordinal))
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Hear(instrument, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Hear(instrument, value));
        listener.Start();

        await using var source = await BlockSource.OpenAsync(catalog.Folder, "dataset = 'cube'", new BlockOptions { Values = BlockValues.Stored });
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = 2 });
        foreach (var batch in loader.Epoch())
            batch.Dispose();

        sums["empipeline.torch.blocks"].Should().Be(source.Blocks.Count);
        sums["empipeline.torch.block.bytes"].Should().Be((double)source.Blocks.Count * source.BytesPerBlock);
        counts["empipeline.torch.batch.wait"].Should().Be(loader.Count);
        counts["empipeline.torch.batch.use"].Should().Be(loader.Count);
        sums["empipeline.storage.reads"].Should().BeGreaterThanOrEqualTo(source.Blocks.Count);
        sums["empipeline.storage.read.bytes"].Should().BePositive();

        using var copy = new CopiedCatalog(catalog);
        File.Delete(copy["zarr/cube.zarr/s0/c/0/0/0"]);
        await using var damaged = await BlockSource.OpenAsync(copy.Catalog, "dataset = 'cube'");
        foreach (var batch in new BlockLoader(damaged, new BlockLoaderOptions { Unreadable = UnreadablePolicy.Skip }).Epoch())
            batch.Dispose();
        sums["empipeline.torch.blocks.skipped"].Should().Be(1);

        void Hear(Instrument instrument, double value)
        {
            sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
            counts.AddOrUpdate(instrument.Name, 1, (_, count) => count + 1);
        }
    }
}
