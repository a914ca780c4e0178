using System.Buffers;
using System.Globalization;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// One scale of a precomputed volume. Axes are z, y, x, with c before them when there is more than one channel (a chunk holds all
/// channels). Reads chunks before it makes room for their voxels: memory follows from what is stored, and neighbours are read together.
/// </summary>
public sealed class PrecomputedReader : IVolumeReader
{
    // Chunks that are located and sorted together; more would only delay the first read.
    private const int ChunksAtOnce = 4096;

    private readonly IStore _store;
    private readonly PrecomputedScale _scale;
    private readonly IChunkSource _chunks;
    private readonly IChunkDecoder _decoder;
    private readonly int _channels;
    private readonly int _voxelBytes;

    /// <param name="root">The folder of the <c>info</c> file; its store is not owned.</param>
    /// <param name="level">Index into <see cref="PrecomputedInfo.Scales"/>.</param>
    /// <param name="namePrefix">The folder as seen from what was opened; "" when it is the same.</param>
    public PrecomputedReader(VolumePath root, PrecomputedInfo info, int level, string namePrefix = "")
    {
        _scale = info.Scales[level];
        (_store, _channels, _voxelBytes) = (root.Store, info.Channels, info.DataType.Size());
        var folder = ScaleFolder(root, _scale);
        _chunks = _scale.Sharding is { } sharding
            ? new ShardedChunks(folder, _scale, sharding)
            : new UnshardedChunks(folder, _scale, (long)_channels * _voxelBytes);
        _decoder = ChunkDecoders.For(_scale, info.DataType);
        Info = Describe(info, _scale, level, namePrefix);
    }

    public VolumeInfo Info { get; }

    public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        cancellation.ThrowIfCancellationRequested();
        try
        {
            foreach (var cells in SpatialPart(box).CellsTouched(_scale.ChunkSize).Chunk(ChunksAtOnce))
            {
                await _chunks.ReadAsync(cells, chunk => Take(chunk, box, buffer.Span),
                    cell => StridedCopy.Fill(Zero[.._voxelBytes], StoredBox(cell, Clipped(cell)), buffer.Span, box), cancellation);
            }
        }
        catch (StorageException e)
        {
            throw new EmException(Fault.Source, e.Message, e);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The folder of a scale; its key may lead out of the folder of the <c>info</c> file, but not out of the store.</summary>
    internal static VolumePath ScaleFolder(VolumePath root, PrecomputedScale scale)
    {
        var parts = new List<string>();
        foreach (var part in root.Child(scale.Key).Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else
                throw EmException.Unsupported(root.Below("info").ToString(), $"the scale key \"{scale.Key}\", which leads out of {root.Store.Locate("")},");
        }

        return root with { Key = string.Join('/', parts) };
    }

    private static ReadOnlySpan<byte> Zero => [0, 0, 0, 0, 0, 0, 0, 0];

    private void Take(EncodedChunk chunk, Box box, Span<byte> buffer)
    {
        try
        {
            var encoded = chunk.Bytes.Span;
            var clipped = Clipped(chunk.Cell);
            var stored = _decoder.Measure(encoded, clipped, Full());
            var storedBox = StoredBox(chunk.Cell, stored);
            if (_decoder is RawChunk)
                StridedCopy.Copy(encoded, storedBox, buffer, box, _voxelBytes);
            else if (storedBox == box)
                _decoder.Decode(encoded, stored, buffer);
            else
                DecodeAndCopy(encoded, stored, storedBox, buffer, box);
        }
        catch (InvalidDataException e)
        {
            throw EmException.Corrupt(Place(chunk), e.Message + ".", e);
        }
        catch (NotSupportedException e)
        {
            throw EmException.Unsupported(Place(chunk), e.Message);
        }
    }

    private void DecodeAndCopy(ReadOnlySpan<byte> encoded, NdIndex stored, Box storedBox, Span<byte> buffer, Box box)
    {
        var length = checked((int)(stored.Volume * _voxelBytes));
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var voxels = rented.AsSpan(0, length);
            _decoder.Decode(encoded, stored, voxels);
            StridedCopy.Copy(voxels, storedBox, buffer, box, _voxelBytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private string Place(EncodedChunk chunk)
    {
        var origin = (chunk.Cell * _scale.ChunkSize) + _scale.VoxelOffset;
        return $"{_store.Locate(chunk.Key)} at byte {chunk.Offset}, chunk x {origin[2]}, y {origin[1]}, z {origin[0]}";
    }

    // Decoders work on c, z, y, x; Info has no c when there is one channel.
    private Box SpatialPart(Box box) => Info.Shape.Rank == 3 ? box : new Box(Spatial(box.Origin), Spatial(box.Shape));

    private static NdIndex Spatial(NdIndex index) => new(index[1], index[2], index[3]);

    private NdIndex Clipped(NdIndex cell) => WithChannels(_scale.ChunkBox(cell).Shape, _channels);

    private NdIndex Full() => WithChannels(_scale.ChunkSize, _channels);

    private static NdIndex WithChannels(NdIndex zyx, long channels) => new(channels, zyx[0], zyx[1], zyx[2]);

    private Box StoredBox(NdIndex cell, NdIndex shape)
    {
        var origin = cell * _scale.ChunkSize;
        return Info.Shape.Rank == 3 ? new Box(origin, Spatial(shape)) : new Box(WithChannels(origin, 0), shape);
    }

    private static VolumeInfo Describe(PrecomputedInfo info, PrecomputedScale scale, int level, string namePrefix)
    {
        var one = info.Channels == 1;
        var known = scale.Resolution != VoxelSize.Unknown;
        // A chunk may be stated larger than the volume, without bound; it is read as one block all the same.
        var grain = NdIndex.Max(NdIndex.Min(scale.ChunkSize, scale.Size), NdIndex.Filled(3, 1));
        return new VolumeInfo
        {
            Name = namePrefix.Length == 0 ? scale.Key : $"{namePrefix}/{scale.Key}",
            Format = PrecomputedFormat.FormatName,
            Shape = one ? scale.Size : WithChannels(scale.Size, info.Channels),
            Axes = one ? "zyx" : "czyx",
            Type = info.DataType,
            Grain = one ? grain : WithChannels(grain, info.Channels),
            VoxelSize = scale.Resolution,
            VoxelSizeOrigin = known ? string.Create(CultureInfo.InvariantCulture, $"info scale \"{scale.Key}\" resolution") : null,
            Centre = scale.Centre,
            Level = level,
            Metadata = [.. info.Metadata, .. scale.Metadata],
        };
    }
}
