using System.IO.Compression;
using EmPipeline.Zarr.Codecs;
using PureHDF;
using PureHDF.Filters;
using PureHDF.VOL.Native;

namespace EmPipeline.Benchmarks.Containers;

/// <summary>HDF5 by PureHDF: one dataset, contiguous or in gzip chunks.</summary>
internal static class Hdf5Files
{
    // The writer knows 1 and 9; what is decoded takes about as long.
    private const int Chunk = 64, Level = 1;

    public static Container WriteContiguous(string folder, Voxels voxels) =>
        new(Write(folder, "contiguous", new H5Dataset(voxels.Bytes, fileDims: Extents(voxels))));

    public static Container WriteGzip(string folder, Voxels voxels)
    {
        var filters = new H5DatasetCreation(Filters: [new H5Filter(DeflateFilter.Id, new() { [DeflateFilter.COMPRESSION_LEVEL] = Level })]);
        var path = Write(folder, "gzip", new H5Dataset(voxels.Bytes, chunks: [Chunk, Chunk, Chunk], fileDims: Extents(voxels), datasetCreation: filters));
        return new Container(path)
        {
            Coded = (voxels.Encode(Chunk, Zlib), Chunk * Chunk * Chunk, static (encoded, decoded) => ZlibCodec.Default.Decode(encoded, decoded)),
        };
    }

    private static ulong[] Extents(Voxels voxels) => [.. voxels.Shape.ToArray().Select(extent => (ulong)extent)];

    private static string Write(string folder, string name, H5Dataset dataset)
    {
        var path = Path.Combine(folder, name + ".h5");
        new H5File { ["em"] = dataset }.Write(path);
        return path;
    }

    private static byte[] Zlib(byte[] chunk)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, new ZLibCompressionOptions { CompressionLevel = Level }, leaveOpen: true))
            zlib.Write(chunk);
        return packed.ToArray();
    }
}
