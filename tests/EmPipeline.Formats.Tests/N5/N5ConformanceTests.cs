using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.N5;

public abstract class N5Conformance(string container, string dataset) : VolumeReaderConformance
{
    protected override async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync() => (
        await MemoryStore.Of(container).OneAsync(dataset),
        await File.ReadAllBytesAsync(SharedData.Fixture("n5/voxels/uint16.raw")));
}

public sealed class N5ClippedBlocks() : N5Conformance("n5/handmade.n5", "gzip");

public sealed class N5WholeEdgeBlocks() : N5Conformance("n5/zarr-python.n5", "blosc");
