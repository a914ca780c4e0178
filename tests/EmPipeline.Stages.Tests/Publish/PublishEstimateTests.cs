using System.Globalization;
using System.Text;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Publish;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Stages.Tests.Publish;

public sealed class PublishEstimateTests
{
    // What Amazon asked for S3 Standard in us-east-1.
    private static readonly PriceTable Prices = new("USD", 0.005, 0.0004, 0.023, 0.09);

    private static readonly (string Name, NdIndex Shape, VoxelSize Voxel)[] Volumes =
    [
        ("Hemibrain", new NdIndex(41394, 39725, 34427), new VoxelSize(8, 8, 8)),
        ("H01", new NdIndex(5293, 356400, 515892), new VoxelSize(33, 4, 4)),
        ("MICrONS minnie65", new NdIndex(13008, 131051, 192424), new VoxelSize(40, 8, 8)),
    ];

    [Fact]
    public void The_document_says_what_publishing_large_volumes_takes()
    {
        var text = new StringBuilder("| volume | shards | objects | TB | requests to put them | to put them | a month to keep them | to fetch all once |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var (name, shape, voxel) in Volumes)
        {
            foreach (var edge in (int[])[128, 512, 1024])
            {
                var counts = Of(shape, voxel, edge);
                text.Append(CultureInfo.InvariantCulture, $"| {name} | {edge}³ | {counts.Objects:n0} | {counts.Bytes / 1e12:n1} | {counts.Puts:n0} | {Prices.Money(Prices.PutsCost(counts.Puts))} ");
                text.Append(CultureInfo.InvariantCulture, $"| {Prices.Money(Prices.KeepingCost(counts.Bytes))} | {Prices.OfDownloading(counts.Objects, counts.Bytes)} |\n");
            }
        }

        HeldFile.CheckPart("docs/DATA_ACCESS_DESIGN.md", "what publishing takes", text.ToString());
    }

    [Fact]
    public void A_volume_takes_as_many_bytes_as_its_raw_shards_have()
    {
        var counts = Of(NdIndex.Filled(3, 128), new VoxelSize(8, 8, 8), 128);
        counts.Should().Be(new UploadCounts(1, (128 * 128 * 128) + (64 * 4) + (64 * 16) + 4, 0, 1));
        var large = Of(NdIndex.Filled(3, 1024), new VoxelSize(8, 8, 8), 1024);
        large.Puts.Should().Be(2 + 129, "a GiB, checksums and an index in parts of 8 MiB, begun and completed");
    }

    [Fact]
    public void Money_follows_from_requests_and_bytes()
    {
        Prices.OfPublishing(2_000_000, 1_000_000_000_000).Should().Be("10.00 USD to send, 23.00 USD a month to keep");
        Prices.OfDownloading(1_000_000, 10_000_000_000_000).Should().Be("900 USD");
    }

    private static UploadCounts Of(NdIndex shape, VoxelSize voxel, int edge)
    {
        var levels = LevelGrid.Pyramid(shape, VoxelType.UInt8, NdIndex.Filled(3, edge), NdIndex.Filled(3, 128), NdIndex.Filled(3, 32), voxel: voxel);
        return PublishEstimate.Of(levels, VoxelType.UInt8, new UploaderOptions());
    }
}
