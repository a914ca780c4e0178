using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Hdf5;

public abstract class Hdf5ConformanceTests(string file, string dataset) : VolumeReaderConformance
{
    protected override async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync()
    {
        var reader = await Hdf5Fixture.OpenAsync(file, dataset);
        return (reader, Hdf5Fixture.RampOf(reader.Info.Type));
    }
}

public sealed class Hdf5ContiguousConformance() : Hdf5ConformanceTests("layouts-v1.h5", "contiguous/u2");

public sealed class Hdf5BigEndianConformance() : Hdf5ConformanceTests("layouts-latest.h5", "contiguous/big_f8");

public sealed class Hdf5ChunkedConformance() : Hdf5ConformanceTests("layouts-v1.h5", "chunked/big_i2");

public sealed class Hdf5CompressedConformance() : Hdf5ConformanceTests("filters-latest.h5", "shuffle_gzip_fletcher32");

public sealed class Hdf5CompactConformance() : Hdf5ConformanceTests("layouts-v1.h5", "compact");

public sealed class Hdf5UserBlockConformance() : Hdf5ConformanceTests("user-block.h5", "stack");

public sealed class Hdf5ComplexConformance : VolumeReaderConformance
{
    protected override async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync() =>
        (await Hdf5Fixture.OpenAsync("kinds.h5", "c"), Hdf5Fixture.Bytes<double>([0, 0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5]));
}
