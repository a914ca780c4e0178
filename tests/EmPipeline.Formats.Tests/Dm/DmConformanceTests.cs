using System.Runtime.InteropServices;
using EmPipeline.Formats.Dm;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Dm;

/// <summary>A layout: version, byte order, kind of pixels.</summary>
public abstract class DmConformanceTests : VolumeReaderConformance
{
    private protected static async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync<T>(int version, bool bigEndian, int dataType, T[] data, params uint[] dimensions)
        where T : unmanaged
    {
        var file = DmWriter.Images(version, bigEndian, DmWriter.Image(dataType, data, dimensions, []));
        var readers = await new DmFormat().OpenAsync(Opening.InMemory("a.dm", file));
        return (readers.Should().ContainSingle().Subject, MemoryMarshal.AsBytes(data.AsSpan()).ToArray());
    }
}

public sealed class Dm3VolumeConformance : DmConformanceTests
{
    protected override Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync() =>
        OpenAsync(3, false, DmTypes.UInt16, Enumerable.Range(0, 5 * 7 * 11).Select(i => (ushort)(i * 31)).ToArray(), 11, 7, 5);
}

public sealed class Dm3BigEndianConformance : DmConformanceTests
{
    protected override Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync() =>
        OpenAsync(3, true, DmTypes.Float32, Enumerable.Range(0, 5 * 7 * 11).Select(i => i / 3f).ToArray(), 11, 7, 5);
}

public sealed class Dm4SliceConformance : DmConformanceTests
{
    protected override Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync() =>
        OpenAsync(4, false, DmTypes.UInt8, Enumerable.Range(0, 7 * 11).Select(i => (byte)i).ToArray(), 11, 7);
}

public sealed class Dm4ComplexConformance : DmConformanceTests
{
    protected override Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync() =>
        OpenAsync(4, true, DmTypes.Complex64, Enumerable.Range(0, 2 * 3 * 4 * 5).Select(i => (float)i).ToArray(), 5, 4, 3);
}

public sealed class DmColourConformance : DmConformanceTests
{
    /// <summary>The file holds blue, green, red, alpha.</summary>
    protected override async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync()
    {
        var data = Enumerable.Range(0, 4 * 6 * 5).Select(i => (byte)i).ToArray();
        var (reader, _) = await OpenAsync(3, false, DmTypes.Rgba, data, 5, 6);
        return (reader, [.. data.Chunk(4).SelectMany(p => new[] { p[2], p[1], p[0], p[3] })]);
    }
}
