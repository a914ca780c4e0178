using System.Runtime.InteropServices;
using EmPipeline.Formats.Mrc;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Mrc;

public abstract class MrcConformanceTests : VolumeReaderConformance
{
    private protected static async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync<T>(
        int mode, bool bigEndian, T[] values, int columns, int rows, int sections, int extended = 0)
        where T : unmanaged
    {
        var builder = new MrcBuilder(columns, rows, sections, mode, bigEndian);
        var file = builder.With(builder.Order(values), new byte[extended]);
        return (await OpenFileAsync(file), MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    private protected static async Task<IVolumeReader> OpenFileAsync(byte[] file) =>
        (await new MrcFormat().OpenAsync(Opening.InMemory("a.mrc", file))).Should().ContainSingle().Subject;
}

public sealed class MrcFloatConformance : MrcConformanceTests
{
    protected override Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync() =>
        OpenAsync(2, false, Enumerable.Range(0, 5 * 7 * 11).Select(i => i / 7f).ToArray(), 11, 7, 5);
}

public sealed class MrcBigEndianConformance : MrcConformanceTests
{
    protected override Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync() =>
        OpenAsync(1, true, Enumerable.Range(0, 5 * 7 * 11).Select(i => (short)(i * 77)).ToArray(), 11, 7, 5, extended: 160);
}

public sealed class MrcComplexConformance : MrcConformanceTests
{
    protected override Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync() =>
        OpenAsync(3, true, Enumerable.Range(0, 5 * 7 * 11 * 2).Select(i => (short)i).ToArray(), 11, 7, 5);
}

public sealed class MrcFourBitConformance : MrcConformanceTests
{
    /// <summary>Rows of eleven take six bytes; the half byte at the end of each is no voxel.</summary>
    protected override async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync()
    {
        const int Columns = 11, Rows = 7, Sections = 5;
        var voxels = Enumerable.Range(0, Columns * Rows * Sections).Select(i => (byte)(i * 5 % 16)).ToArray();
        var packed = voxels.Chunk(Columns)
            .SelectMany(row => row.Append((byte)15).Chunk(2).Select(pair => (byte)(pair[0] | (pair[1] << 4))))
            .ToArray();
        return (await OpenFileAsync(new MrcBuilder(Columns, Rows, Sections, 101).With(packed)), voxels);
    }
}
