using EmPipeline.Formats.Hdf5.Chunks;
using EmPipeline.Formats.Hdf5.Filters;
using EmPipeline.Volumes;
using PureHDF;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>How a dataset's elements are stored.</summary>
/// <param name="Grain">The volume's: a chunk, or a row of elements that lie one behind the other.</param>
internal abstract record Hdf5Layout(NdIndex Grain)
{
    /// <summary>The volume's, see <see cref="VolumeInfo.Advice"/>.</summary>
    public virtual NdIndex Advice => Grain;

    /// <summary>Elements in the file's metadata.</summary>
    public sealed record Compact(NdIndex Grain, ReadOnlyMemory<byte> Bytes) : Hdf5Layout(Grain);

    /// <summary>Elements one behind the other.</summary>
    /// <param name="Start">The file's byte at which they start; null when nothing is stored yet.</param>
    public sealed record Contiguous(NdIndex Shape, VoxelType Type, long? Start) : Hdf5Layout(RawArrayReader.RowOf(Shape))
    {
        public override NdIndex Advice => RawArrayReader.AdviceOf(Shape, Type);
    }

    /// <summary>Elements in chunks, all of the same extent.</summary>
    /// <param name="Chunk">With the axes inside an element.</param>
    /// <param name="Index">Null when nothing is stored yet.</param>
    /// <param name="EdgesAreUnfiltered">Chunks that reach over the dataset's end went round all filters.</param>
    public sealed record Chunked(NdIndex Grain, NdIndex Chunk, int Rank, IChunkIndex? Index, Hdf5Pipeline Filters, bool EdgesAreUnfiltered) : Hdf5Layout(Grain);

    /// <summary>Reads a dataset's layout.</summary>
    /// <param name="shape">The volume's, with the axes inside an element.</param>
    /// <exception cref="EmException">It is damaged, or of a kind that is not read.</exception>
    public static Hdf5Layout Of(NativeDataset dataset, Hdf5Element element, NdIndex shape, Hdf5Blocks blocks)
    {
        var message = Hdf5Internals.LayoutOf(dataset);
        switch (dataset.Layout.Class)
        {
            case H5DataLayoutClass.Compact:
                var bytes = Hdf5Internals.Find<byte[]>(message, "CompactData") ?? Hdf5Internals.Find<byte[]>(message, "Data") ?? [];
                return new Compact(shape, bytes);
            case H5DataLayoutClass.Contiguous:
                return new Contiguous(shape, element.Type, Address(message, blocks) is { } address ? blocks.Locate(address, 0) : null);
            default:
                return OfChunks(dataset, element, shape, message, blocks);
        }
    }

    private static Chunked OfChunks(NativeDataset dataset, Hdf5Element element, NdIndex shape, object message, Hdf5Blocks blocks)
    {
        var rank = dataset.Space.Rank;
        var extents = dataset.Layout.Chunks.Take(rank).ToArray();
        if (extents.Length != rank || extents.Any(extent => extent is 0 or > uint.MaxValue))
            throw EmException.Corrupt(blocks.Path.ToString(), $"{dataset.Name}: got chunks of {string.Join('×', extents)}, expected {rank} extents of at least 1.");
        var chunk = new NdIndex([.. extents.Select(extent => (long)extent), .. element.Inner.Select(extent => (long)extent)]);
        var bytes = (UInt128)element.Type.Size();
        for (var axis = 0; axis < chunk.Rank; axis++)
            bytes = UInt128.Min(bytes * (ulong)chunk[axis], ulong.MaxValue);
        if (bytes > int.MaxValue)
            throw EmException.Unsupported(blocks.Path.ToString(), $"{dataset.Name}: a chunk of {bytes} bytes (2 GiB or more)");

        var filters = Hdf5Internals.FiltersOf(dataset);
        var flags = Convert.ToInt32(Hdf5Internals.Find<object>(message, "Flags") ?? 0, null);
        var index = Address(message, blocks) is { } address ? IndexOf(message, address, dataset, chunk, rank, (long)bytes, filters.Length > 0, blocks) : null;
        return new Chunked(NdIndex.Min(chunk, shape), chunk, rank, index, new Hdf5Pipeline(filters, (int)bytes), (flags & 1) != 0);
    }

    private static IChunkIndex IndexOf(
        object message, ulong address, NativeDataset dataset, NdIndex chunk, int rank, long bytes, bool filtered, Hdf5Blocks blocks)
    {
        var information = Hdf5Internals.Find<object>(message, "IndexingInformation");
        var largest = dataset.Space.MaxDimensions.Length == rank ? dataset.Space.MaxDimensions : dataset.Space.Dimensions;
        var grid = new ChunkGrid(largest, chunk);
        switch (information?.GetType().Name)
        {
            case null:
                return new BTree1Index(blocks, address, chunk, rank);
            case "SingleChunkIndexingInformation":
                var size = Hdf5Internals.Find<ulong>(information, "FilteredChunkSize");
                return new PlainChunkIndex(
                    blocks, address, grid, bytes, filtered ? ((long)Math.Min(size, long.MaxValue), Hdf5Internals.Find<uint>(information, "ChunkFilters")) : null);
            case "ImplicitIndexingInformation":
                return new PlainChunkIndex(blocks, address, grid, bytes, null);
            case "FixedArrayIndexingInformation":
                return new FixedArrayIndex(blocks, address, grid, bytes);
            case "ExtensibleArrayIndexingInformation":
                return new ExtensibleArrayIndex(blocks, address, grid, bytes);
            case "BTree2IndexingInformation":
                return new BTree2Index(blocks, address, rank, bytes);
            case var other:
                throw EmException.Unsupported(blocks.Path.ToString(), $"the chunk index {other}");
        }
    }

    private static ulong? Address(object message, Hdf5Blocks blocks)
    {
        var address = Hdf5Internals.Find<ulong>(message, "Address");
        var none = blocks.OffsetSize < sizeof(ulong) ? (1ul << (8 * blocks.OffsetSize)) - 1 : ulong.MaxValue;
        return address == none || address == ulong.MaxValue ? null : address;
    }
}
