using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using EmPipeline.Demo.Mirroring;
using EmPipeline.Volumes;
using ZstdNet;

namespace EmPipeline.Demo.Writers;

/// <summary>One array of Zarr v2: chunks of 64³ in zstd level 1, keys nested by "/", chunks of zeros left out.</summary>
internal static class ZarrV2Array
{
    private const int ChunkEdge = 64;

    /// <param name="path">The array's folder in the mirror.</param>
    /// <param name="voxels">z, y, x.</param>
    /// <param name="type">As NumPy writes it, such as &lt;i2.</param>
    public static void Write<T>(MirrorFolder mirror, string path, string type, T[] voxels, int depth, int height, int width)
        where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        mirror.WriteJson(path + "/.zarray", new JsonObject
        {
            ["chunks"] = new JsonArray(ChunkEdge, ChunkEdge, ChunkEdge),
            ["compressor"] = new JsonObject { ["id"] = "zstd", ["level"] = 1 },
            ["dimension_separator"] = "/",
            ["dtype"] = type,
            ["fill_value"] = 0,
            ["filters"] = null,
            ["order"] = "C",
            ["shape"] = new JsonArray(depth, height, width),
            ["zarr_format"] = 2,
        });
        mirror.WriteJson(path + "/.zattrs", []);

        var whole = Box.Whole(new NdIndex(depth, height, width));
        var chunkShape = NdIndex.Filled(3, ChunkEdge);
        var chunk = new byte[chunkShape.Volume * size];
        using var options = new CompressionOptions(1);
        using var compressor = new Compressor(options);
        foreach (var cell in whole.CellsTouched(chunkShape))
        {
            // Chunks at the edges are whole; what lies outside the array is fill value.
            Array.Clear(chunk);
            StridedCopy.Copy(MemoryMarshal.AsBytes(voxels.AsSpan()), whole, chunk, new Box(cell * chunkShape, chunkShape), size);
            if (chunk.AsSpan().ContainsAnyExcept((byte)0))
                mirror.Write($"{path}/{cell[0]}/{cell[1]}/{cell[2]}", compressor.Wrap(chunk));
        }
    }
}
