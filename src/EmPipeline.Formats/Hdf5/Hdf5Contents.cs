using EmPipeline.Formats.Attributes;
using EmPipeline.Formats.Hdf5.Chunks;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Codecs;
using PureHDF;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>
/// A file while it is opened. PureHDF reads its structure: groups, links, types, attributes. The voxels are read here, by readers that need
/// nothing of it any more: PureHDF 2.2.0 misses chunks of datasets that may grow, misreads filter masks, has no n-bit and szip, makes room
/// for whatever a header claims, and moves one cursor a file. Used by one thread at a time.
/// </summary>
internal sealed class Hdf5Contents : IDisposable
{
    private readonly VolumePath _path;
    private readonly NativeFile _file;
    private readonly Hdf5Blocks _blocks;

    /// <exception cref="EmException">This is no HDF5 file.</exception>
    public Hdf5Contents(VolumePath path, long length)
    {
        _path = path;
        var stream = new Hdf5Stream(path.Store, path.Key, length);
        stream.UserBlock = Hdf5Signature.Find(stream) ?? throw EmException.Corrupt(path.ToString(), "got no HDF5 signature, expected one.");
        stream.Position = 0;
        _file = H5File.Open(stream, leaveOpen: false);
        var (offset, lengths) = Hdf5Internals.SizesOf(_file);
        if (offset is 0 or > sizeof(ulong) || lengths is 0 or > sizeof(ulong))
            throw EmException.Corrupt(path.ToString(), $"got addresses of {offset} bytes and lengths of {lengths}, expected 1 to {sizeof(ulong)}.");
        _blocks = new Hdf5Blocks(path, length, stream.UserBlock, offset, lengths);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Opens every dataset of numbers. What is not read is listed in the metadata of what is.</summary>
    public async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(CancellationToken cancellation)
    {
        var (_, datasets, notRead, damaged) = Hdf5Walk.Of(_file, _path);
        var opened = new List<(Hdf5Found Found, Hdf5Element Element, VolumeInfo Info)>();
        foreach (var found in datasets)
        {
            string? reason;
            try
            {
                if (Hdf5Element.Of(found.Dataset, out reason) is { } element && (reason = WhyNot(found.Dataset, element)) is null)
                {
                    opened.Add((found, element, await DescribeAsync(found, element, cancellation)));
                    continue;
                }
            }
            catch (Exception e) when ((e as EmException ?? Hdf5Errors.Translate($"{_path} {found.Path}", e)) is { Fault: Fault.Corrupt or Fault.Unsupported } error)
            {
                // One damaged header does not stand in the way of the other datasets.
                damaged ??= error;
                reason = error.Message;
            }

            notRead.Add(new MetadataValue($"not read: {found.Path}", reason ?? "", "HDF5 datasets"));
        }

        if (opened.Count == 0)
            throw damaged ?? EmException.Unsupported(_path.ToString(), "a file without a dataset of numbers");
        return [.. opened.Select(item => Reader(item.Found.Dataset, item.Element, item.Info with { Metadata = [.. item.Info.Metadata, .. notRead] }))];
    }

    /// <summary>Every attribute in the file.</summary>
    public IEnumerable<StoredAttribute> Attributes() => Hdf5StoredAttributes.Of(Hdf5Walk.Of(_file, _path));

    /// <summary>Reads a box of a dataset that describes others.</summary>
    /// <returns>The numbers' type and bytes; null when the dataset is not one of numbers, or the box does not fit it.</returns>
    public async ValueTask<(VoxelType Type, byte[] Bytes)?> ReadAsync(NativeDataset dataset, Box box, CancellationToken cancellation)
    {
        if (Hdf5Element.Of(dataset, out _) is not { Inner.Length: 0 } element || WhyNot(dataset, element) is not null)
            return null;
        var shape = ShapeOf(dataset, element);
        if (shape.Rank != box.Rank || !Box.Whole(shape).Contains(box))
            return null;
        var info = new VolumeInfo { Name = dataset.Name, Format = "hdf5", Shape = shape, Axes = "", Type = element.Type, Grain = Hdf5Layout.Of(dataset, element, shape, _blocks).Grain };
        await using var reader = Reader(dataset, element, info);
        var bytes = new byte[box.Volume * element.Type.Size()];
        await reader.ReadAsync(box, bytes, cancellation);
        return (element.Type, bytes);
    }

    /// <summary>Why a dataset of numbers is no volume all the same; null when it is one.</summary>
    private static string? WhyNot(NativeDataset dataset, Hdf5Element element)
    {
        var space = dataset.Space;
        return space.Type == H5DataspaceType.Null ? "it has no elements"
            : space.Rank + element.Inner.Length > NdIndex.MaxRank ? $"{space.Rank} dimensions"
            : dataset.Layout.Class == H5DataLayoutClass.VirtualStorage ? "a virtual dataset, whose voxels lie in other files"
            : Hdf5Internals.IsExternal(dataset) ? "external storage: its voxels lie in other files"
            : null;
    }

    private async ValueTask<VolumeInfo> DescribeAsync(Hdf5Found found, Hdf5Element element, CancellationToken cancellation)
    {
        var shape = ShapeOf(found.Dataset, element);
        var layout = Hdf5Layout.Of(found.Dataset, element, shape, _blocks);
        var calibration = await Hdf5Calibration.OfAsync(found, found.Dataset.Space.Rank, this, cancellation);
        return new VolumeInfo
        {
            Name = found.Path.TrimStart('/'),
            Format = "hdf5",
            Shape = shape,
            Axes = calibration.Axes + element.InnerAxes,
            Type = element.Type,
            Grain = layout.Grain,
            Advice = layout.Advice,
            VoxelSize = calibration.Size,
            VoxelSizeOrigin = calibration.Origin,
            Centre = Hdf5Place.Of(found.Dataset, calibration),
            Metadata = Metadata(found),
        };
    }

    private IVolumeReader Reader(NativeDataset dataset, Hdf5Element element, VolumeInfo info)
    {
        var layout = Hdf5Layout.Of(dataset, element, info.Shape, _blocks);
        IVolumeReader reader = layout is Hdf5Layout.Contiguous { Start: { } start }
            ? new RawArrayReader(_path, start, info, element.BigEndian)
            : new Hdf5Reader(_path, info, element, layout, FillOf(dataset, element));
        return element.Bits is { } bits ? new Hdf5PrecisionReader(reader, bits) : reader;
    }

    /// <summary>The volume's shape, with the axes inside an element; none without a place for every voxel in 64 bits.</summary>
    private NdIndex ShapeOf(NativeDataset dataset, Hdf5Element element)
    {
        var extents = dataset.Space.Dimensions.Take(dataset.Space.Rank).Concat(element.Inner.Select(extent => (ulong)extent)).ToArray();
        var bytes = (UInt128)element.Type.Size();
        foreach (var extent in extents)
            bytes = extent > long.MaxValue || bytes > long.MaxValue ? UInt128.MaxValue : bytes * Math.Max(1, extent);
        return bytes <= long.MaxValue
            ? new NdIndex([.. extents.Select(extent => (long)extent)])
            : throw EmException.Corrupt($"{_path} {dataset.Name}", $"got extents {string.Join('×', extents)}, expected fewer bytes than 64 bits count.");
    }

    /// <summary>One element little-endian, or one number where all in it are the same.</summary>
    private static byte[] FillOf(NativeDataset dataset, Hdf5Element element)
    {
        var size = element.Type.Size();
        if (dataset.FillValue.Value is not { } value || value.Length != element.Size)
            return new byte[size];
        var fill = (byte[])value.Clone();
        if (element.BigEndian)
            ByteOrder.Reverse(fill, size);
        var first = fill.AsSpan(0, size);
        for (var at = size; at < fill.Length; at += size)
        {
            // Elements of several axes are filled with one number; more is not known to occur.
            if (!fill.AsSpan(at, size).SequenceEqual(first) && element.Inner.Length == 1)
                return fill;
        }

        return first.ToArray();
    }

    private static List<MetadataValue> Metadata(Hdf5Found found)
    {
        var values = new List<MetadataValue>(Hdf5Attributes.All(found.Dataset, found.Path));
        for (var groups = found.Groups; groups is not null; groups = groups.Outer)
            values.AddRange(Hdf5Attributes.All(groups.Group, groups.Path));
        return values;
    }
}
