using EmPipeline.Volumes;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Benchmarks;

/// <summary>
/// A plain file of voxels in C order. Its z axis may go on beyond the file's end, from its start again: a source as large as one likes from
/// a file that fits the page cache.
/// </summary>
internal sealed class RawVolume : IVolumeReader
{
    private readonly SafeFileHandle _file;
    private readonly long _planes;

    public RawVolume(string path, NdIndex shape, VoxelType type)
    {
        _file = File.OpenHandle(path);
        Info = new VolumeInfo { Name = "", Format = "raw", Shape = shape, Axes = "zyx", Type = type, Grain = new NdIndex(1, 1, shape[2]) };
        _planes = RandomAccess.GetLength(_file) / (shape[1] * shape[2] * type.Size());
    }

    public VolumeInfo Info { get; }

    public ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        var size = Info.Type.Size();
        var (rowBytes, planeBytes) = (Info.Shape[2] * size, Info.Shape[1] * Info.Shape[2] * size);
        var wholeRows = box.Shape[2] == Info.Shape[2];
        var (reads, length) = wholeRows ? (1L, (int)(box.Shape[1] * rowBytes)) : (box.Shape[1], (int)(box.Shape[2] * size));
        var target = buffer.Span;
        for (var z = box.Origin[0]; z < box.End[0]; z++)
        {
            for (var i = 0L; i < reads; i++)
            {
                var offset = ((z % _planes) * planeBytes) + ((box.Origin[1] + i) * rowBytes) + (box.Origin[2] * size);
                if (RandomAccess.Read(_file, target[..length], offset) != length)
                    throw new EndOfStreamException();
                target = target[length..];
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }
}
