using EmPipeline.Volumes;
using PureHDF;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>HDF5 files of any layout: every dataset of numbers in the file is a volume, named by its path.</summary>
public sealed class Hdf5Format : IFormat
{
    // A chunk is decoded whole. A small file cannot hold more of it than compression makes of the file's bytes.
    private const long AlwaysAllowedChunk = 64L << 20, LargestChunk = 1L << 30, LargestRatio = 1100;

    public string Name => "hdf5";

    public FormatDescription Description { get; } = new(
        "HDF5",
        [".h5", ".hdf5", ".hdf", ".emd", ".hspy", ".ilp"],
        [
            "Every dataset of integers, floats, booleans, enumerations, bit fields and complex numbers (axis i), by its path; both byte orders",
            "Compact, contiguous and chunked layouts with every chunk index, of all versions of the format",
            "Filters: deflate, shuffle, fletcher32, n-bit, scale-offset, LZF, LZ4, bitshuffle (with LZ4 or zstd), Blosc, bzip2, zstd",
            "Voxel size from EMD dimension vectors, Velox metadata, HyperSpy axes, and the attributes resolution (nm), element_size_um and axistags",
            "Region reads decode each chunk once; contiguous data is read straight from the file",
        ],
        [
            "Datasets of strings, compounds (but complex numbers), arrays and references: they are no volumes",
            "Virtual datasets and external storage: their voxels lie in other files",
            "Filters szip, Blosc2, ZFP and JPEG-LS: no decoder is to be had here",
            "More than 8 dimensions",
        ],
        new Uri("https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html"));

    public async ValueTask<bool> RecognisesAsync(VolumeProbe probe, CancellationToken cancellation = default)
    {
        if (!probe.IsFile)
            return false;
        if (probe.Head.Span.StartsWith(Hdf5Signature.Bytes))
            return true;
        // Behind a user block: asked only of files called so, since it takes a read a candidate.
        return Description.Extensions.Contains(probe.Extension)
            && await probe.Path.Store.FindAsync(probe.Path.Key, cancellation) is { } file
            && Hdf5Signature.Find(new StoreStream(probe.Path.Store, probe.Path.Key, file.Length)) is not null;
    }

    public async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, CancellationToken cancellation = default)
    {
        var found = await path.Store.FindAsync(path.Key, cancellation) ?? throw EmException.Unavailable(path.ToString(), "no such file.");
        var file = new Hdf5File(path, found.Length);
        try
        {
            var volumes = file.Use("", session => Volumes(session.Root, path, found.Length));
            if (volumes.Count == 0)
                throw EmException.Unsupported(path.ToString(), "a file without a dataset of numbers");
            file.SharedBy(volumes.Count);
            return [.. volumes.Select(volume => new Hdf5Reader(file, volume.Path, volume.Info, volume.Element, volume.Chunked))];
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static List<(string Path, VolumeInfo Info, Hdf5Element Element, bool Chunked)> Volumes(NativeFile root, VolumePath path, long fileLength)
    {
        var (datasets, notRead) = Hdf5Walk.Of(root, path);
        var volumes = new List<(string, VolumeInfo, Hdf5Element, bool)>();
        foreach (var dataset in datasets)
        {
            if (Describe(dataset, fileLength, out var chunked, out var reason) is var (info, element))
                volumes.Add((dataset.Path, info, element, chunked));
            else
                notRead.Add(new MetadataValue($"not read: {dataset.Path}", reason ?? "", "HDF5 datasets"));
        }

        return [.. volumes.Select(volume => volume with { Item2 = volume.Item2 with { Metadata = [.. volume.Item2.Metadata, .. notRead] } })];
    }

    private static (VolumeInfo Info, Hdf5Element Element)? Describe(Hdf5Found found, long fileLength, out bool chunked, out string? reason)
    {
        chunked = false;
        var dataset = found.Dataset;
        if (Hdf5Element.Of(dataset.Type, out reason) is not { } element)
            return null;
        var space = dataset.Space;
        var rank = space.Rank + (element.IsComplex ? 1 : 0);
        if (space.Type == H5DataspaceType.Null || space.Dimensions.Contains(0ul))
            reason = "it has no elements";
        else if (rank > NdIndex.MaxRank)
            reason = $"{space.Rank} dimensions";
        else if (dataset.Layout.Class == H5DataLayoutClass.VirtualStorage)
            reason = "a virtual dataset, whose voxels lie in other files";
        if (reason is not null)
            return null;

        chunked = dataset.Layout.Class == H5DataLayoutClass.Chunked;
        var shape = Index(space.Dimensions, space.Rank, element);
        var grain = chunked ? NdIndex.Min(Index(dataset.Layout.Chunks, space.Rank, element), shape) : RawArrayReader.GrainOf(shape, element.Type);
        if (chunked)
            CheckChunk(found.Path, dataset.Layout.Chunks, element, fileLength);
        var calibration = Hdf5Calibration.Of(found, space.Rank);
        var info = new VolumeInfo
        {
            Name = found.Path.TrimStart('/'),
            Format = "hdf5",
            Shape = shape,
            Axes = element.IsComplex ? calibration.Axes + 'i' : calibration.Axes,
            Type = element.Type,
            Grain = grain,
            VoxelSize = calibration.Size,
            VoxelSizeOrigin = calibration.Origin,
            Metadata = Metadata(found),
        };
        return (info, element);
    }

    private static List<MetadataValue> Metadata(Hdf5Found found)
    {
        var values = new List<MetadataValue>(Hdf5Attributes.All(found.Dataset, found.Path));
        for (var groups = found.Groups; groups is not null; groups = groups.Outer)
            values.AddRange(Hdf5Attributes.All(groups.Group, groups.Path));
        return values;
    }

    private static NdIndex Index(ulong[] dimensions, int rank, Hdf5Element element)
    {
        var values = dimensions.Take(rank).Select(dimension => checked((long)dimension));
        return new NdIndex([.. element.IsComplex ? values.Append(2) : values]);
    }

    private static void CheckChunk(string dataset, ulong[] chunk, Hdf5Element element, long fileLength)
    {
        var bytes = (double)element.Type.Size() * (element.IsComplex ? 2 : 1);
        foreach (var extent in chunk)
            bytes *= extent;
        if (bytes > LargestChunk || (bytes > AlwaysAllowedChunk && bytes > (double)fileLength * LargestRatio))
            throw EmException.Corrupt(dataset, $"got chunks of {bytes} bytes, expected at most {LargestChunk} and what a file of {fileLength} bytes can unpack to.");
    }
}
