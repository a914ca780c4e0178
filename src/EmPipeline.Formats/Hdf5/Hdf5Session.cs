using EmPipeline.Volumes;
using PureHDF;
using PureHDF.Selections;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>One opened file, used by one thread at a time.</summary>
internal sealed class Hdf5Session : IDisposable
{
    private readonly Hdf5Stream _stream;
    private readonly Dictionary<string, Opened> _datasets = [];

    public Hdf5Session(VolumePath path, long length)
    {
        Hdf5Filters.Register();
        _stream = new Hdf5Stream(path.Store, path.Key, length);
        _stream.UserBlock = Hdf5Signature.Find(_stream) ?? throw EmException.Corrupt(path.ToString(), "got no HDF5 signature, expected one.");
        _stream.Position = 0;
        Root = H5File.Open(_stream, leaveOpen: false);
    }

    public NativeFile Root { get; }

    /// <summary>The bytes before the file proper; addresses inside the file start behind it.</summary>
    public long UserBlock => _stream.UserBlock;

    /// <summary>Reads a box of elements.</summary>
    /// <param name="target">The elements in C order, little-endian.</param>
    public void Read(string dataset, Hdf5Element element, ReadOnlySpan<long> origin, ReadOnlySpan<long> shape, Span<byte> target)
    {
        var (starts, counts) = (new ulong[origin.Length], new ulong[origin.Length]);
        for (var axis = 0; axis < starts.Length; axis++)
            (starts[axis], counts[axis]) = ((ulong)origin[axis], (ulong)shape[axis]);

        var opened = Open(dataset);
        var access = opened.Chunk is { } chunkBytes
            ? new H5DatasetAccess(ChunkCache: new Hdf5ChunkCache(_stream, opened.Filters, chunkBytes))
            : default;
        var selection = starts.Length == 0 ? (Selection)new AllSelection() : new HyperslabSelection(starts.Length, starts, counts);
        element.Read(opened.Dataset, access, selection, target);
    }

    public void Dispose() => Root.Dispose();

    private Opened Open(string path)
    {
        if (_datasets.TryGetValue(path, out var opened))
            return opened;
        var dataset = (NativeDataset)Root.Dataset(path);
        var chunk = dataset.Layout.Class == H5DataLayoutClass.Chunked
            ? dataset.Layout.Chunks.Take(dataset.Space.Rank).Aggregate((long)dataset.Type.Size, (bytes, extent) => checked(bytes * (long)extent))
            : (long?)null;
        opened = new Opened(dataset, Hdf5Internals.FiltersOf(dataset), chunk);
        _datasets.Add(path, opened);
        return opened;
    }

    /// <param name="Chunk">Bytes of one chunk before any filter; null when the dataset is not chunked.</param>
    private sealed record Opened(NativeDataset Dataset, (ushort Id, uint[] Parameters)[] Filters, long? Chunk);
}
