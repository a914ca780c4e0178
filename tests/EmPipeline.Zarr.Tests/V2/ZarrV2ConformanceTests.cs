using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Tests.V2;

public abstract class ZarrV2Conformance(string array, string voxels) : VolumeReaderConformance
{
    protected override async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync() => (
        await MemoryStore.Of("zarr2/arrays.zarr").OneAsync(array),
        await File.ReadAllBytesAsync(SharedData.Fixture("zarr2/voxels/" + voxels)));
}

public sealed class ZarrV2SmallChunks() : ZarrV2Conformance("separator-dot", "uint16.raw");

public sealed class ZarrV2FortranOrder() : ZarrV2Conformance("blosc-lz4-1-F", "uint16.raw");

public sealed class ZarrV2BigEndianComplex() : ZarrV2Conformance("type-be-c16", "complex128.raw");

public sealed class ZarrV2LargeChunk() : ZarrV2Conformance("chunks-larger-than-the-array", "uint16.raw");

public sealed class ZarrV2Filters() : ZarrV2Conformance("filter-several", "uint16.raw");
