using System.Runtime.CompilerServices;
using EmPipeline.Formats.Attributes;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Hdf5;

/// <summary>HDF5 files of any layout: every dataset of numbers in the file is a volume, named by its path.</summary>
public sealed class Hdf5Format : IFormat
{
    public string Name => "hdf5";

    public FormatDescription Description { get; } = new(
        "HDF5",
        [".h5", ".hdf5", ".hdf", ".emd", ".hspy", ".ilp"],
        [
            "Every dataset of integers, floats, booleans, enumerations, bit fields and complex numbers (axis i), alone or in array types (further axes), by its path; both byte orders, any precision",
            "Compact, contiguous and chunked layouts with every chunk index, of all versions of the format",
            "Filters: deflate, shuffle, fletcher32, szip, n-bit, scale-offset, LZF, LZ4, bitshuffle (with LZ4 or zstd), Blosc, bzip2, zstd",
            "Voxel size from EMD dimension vectors, Velox metadata, HyperSpy axes, and the attributes resolution (nm), element_size_um and axistags",
            "Region reads decode each chunk once; contiguous data is read straight from the file",
        ],
        [
            "Datasets of strings, compounds (but complex numbers), references and floats other than those of IEEE 754: they are no volumes",
            "Virtual datasets and external storage: their voxels lie in other files",
            "Filters Blosc2, ZFP, JPEG-LS and others that are not above: such datasets are listed, their voxels are refused",
            "More than 8 dimensions, and chunks of 2 GiB or more",
            "What is not read of a file is listed with the reason in the metadata of its volumes",
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
            && Hdf5Signature.Find(new StoreStream(probe.Path.Store, probe.Path.Key, 0, file.Length)) is not null;
    }

    public async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, CancellationToken cancellation = default)
    {
        var found = await path.Store.FindAsync(path.Key, cancellation) ?? throw EmException.Unavailable(path.ToString(), "no such file.");
        try
        {
            using var contents = new Hdf5Contents(path, found.Length);
            return await contents.OpenAsync(cancellation);
        }
        catch (Exception e) when (Hdf5Errors.Translate(path.ToString(), e) is { } error)
        {
            throw error;
        }
    }

    public async IAsyncEnumerable<StoredAttribute> AttributesAsync(VolumePath file, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var found = await file.Store.FindAsync(file.Key, cancellation) ?? throw EmException.Unavailable(file.ToString(), "no such file.");
        foreach (var attribute in Attributes(file, found.Length))
            yield return attribute;
    }

    private static List<StoredAttribute> Attributes(VolumePath file, long length)
    {
        try
        {
            using var contents = new Hdf5Contents(file, length);
            return [.. contents.Attributes()];
        }
        catch (Exception e) when (Hdf5Errors.Translate(file.ToString(), e) is { } error)
        {
            throw error;
        }
    }
}
