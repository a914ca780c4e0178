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
            "Filters: deflate, shuffle, fletcher32, scale-offset, LZF, LZ4, bitshuffle (with LZ4 or zstd), Blosc, bzip2, zstd",
            "Voxel size from EMD dimension vectors, Velox metadata, HyperSpy axes, and the attributes resolution (nm), element_size_um and axistags",
            "Region reads decode each chunk once; contiguous data is read straight from the file",
        ],
        [
            "Datasets of strings, compounds (but complex numbers), arrays and references: they are no volumes",
            "Virtual datasets and external storage: their voxels lie in other files",
            "Filters n-bit, szip, Blosc2, ZFP and JPEG-LS: PureHDF has no decoder for them",
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
            var volumes = file.Use("", session => Volumes(session, path, found.Length));
            if (volumes.Count == 0)
                throw EmException.Unsupported(path.ToString(), "a file without a dataset of numbers");
            var sharing = volumes.Count(volume => volume.Start is null);
            file.SharedBy(sharing);
            if (sharing == 0)
                await file.DisposeAsync();
            return
            [
                .. volumes.Select(volume => volume.Start is { } start
                    ? (IVolumeReader)new RawArrayReader(path, start, volume.Info, volume.Element.BigEndian)
                    : new Hdf5Reader(file, volume.Path, volume.Info, volume.Element, volume.Chunked)),
            ];
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static List<Hdf5Volume> Volumes(Hdf5Session session, VolumePath path, long fileLength)
    {
        var (datasets, notRead) = Hdf5Walk.Of(session.Root, path);
        var volumes = new List<Hdf5Volume>();
        foreach (var found in datasets)
        {
            if (Hdf5Element.Of(found.Dataset, out var reason) is { } element && (reason = WhyNot(found.Dataset, element)) is null)
                volumes.Add(Describe(found, element, session.UserBlock, path, fileLength));
            else
                notRead.Add(new MetadataValue($"not read: {found.Path}", reason ?? "", "HDF5 datasets"));
        }

        return [.. volumes.Select(volume => volume with { Info = volume.Info with { Metadata = [.. volume.Info.Metadata, .. notRead] } })];
    }

    /// <summary>Why a dataset of numbers is no volume all the same; null when it is one.</summary>
    private static string? WhyNot(NativeDataset dataset, Hdf5Element element)
    {
        var space = dataset.Space;
        return space.Type == H5DataspaceType.Null || space.Dimensions.Contains(0ul) ? "it has no elements"
            : space.Rank + (element.IsComplex ? 1 : 0) > NdIndex.MaxRank ? $"{space.Rank} dimensions"
            : dataset.Layout.Class == H5DataLayoutClass.VirtualStorage ? "a virtual dataset, whose voxels lie in other files"
            : Hdf5Internals.IsExternal(dataset) ? "external storage: its voxels lie in other files"
            : null;
    }

    private static Hdf5Volume Describe(Hdf5Found found, Hdf5Element element, long userBlock, VolumePath path, long fileLength)
    {
        var (dataset, space) = (found.Dataset, found.Dataset.Space);
        var chunked = dataset.Layout.Class == H5DataLayoutClass.Chunked;
        var shape = Index(space.Dimensions, space.Rank, element);
        if (chunked)
            CheckChunk($"{path} {found.Path}", dataset.Layout.Chunks, element, fileLength);
        var calibration = Hdf5Calibration.Of(found, space.Rank);
        var info = new VolumeInfo
        {
            Name = found.Path.TrimStart('/'),
            Format = "hdf5",
            Shape = shape,
            Axes = element.IsComplex ? calibration.Axes + 'i' : calibration.Axes,
            Type = element.Type,
            Grain = chunked ? NdIndex.Min(Index(dataset.Layout.Chunks, space.Rank, element), shape) : RawArrayReader.GrainOf(shape, element.Type),
            VoxelSize = calibration.Size,
            VoxelSizeOrigin = calibration.Origin,
            Metadata = Metadata(found),
        };
        return new Hdf5Volume(found.Path, info, element, chunked, StartOf(dataset, info, userBlock, fileLength));
    }

    /// <summary>Contiguous elements need no library to be read. One that does not fit the file is left to PureHDF: it has no place, or an error.</summary>
    private static long? StartOf(NativeDataset dataset, VolumeInfo info, long userBlock, long fileLength)
    {
        if (dataset.Layout.Class != H5DataLayoutClass.Contiguous)
            return null;
        var start = (UInt128)Hdf5Internals.ContiguousAddressOf(dataset) + (UInt128)userBlock;
        return start + (UInt128)info.DecodedBytes <= (UInt128)fileLength ? (long)start : null;
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

    private static void CheckChunk(string place, ulong[] chunk, Hdf5Element element, long fileLength)
    {
        var bytes = (double)element.Size;
        foreach (var extent in chunk)
            bytes *= extent;
        if (bytes > LargestChunk || (bytes > AlwaysAllowedChunk && bytes > (double)fileLength * LargestRatio))
            throw EmException.Corrupt(place, $"got chunks of {bytes} bytes, expected at most {LargestChunk} and what a file of {fileLength} bytes can unpack to.");
    }
}
