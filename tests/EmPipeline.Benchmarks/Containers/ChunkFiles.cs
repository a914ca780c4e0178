using System.Buffers.Binary;
using System.IO.Compression;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Benchmarks.Containers;

/// <summary>Zarr v2 and N5: a file a chunk of 64³. A volume that goes on along z has further names of the first files.</summary>
internal static class ChunkFiles
{
    private const int Chunk = 64;
    private const int Voxels3 = Chunk * Chunk * Chunk;

    /// <param name="depth">Planes of the volume; a multiple of the voxels' own.</param>
    public static Container WriteZarrV2(string folder, Voxels voxels, long depth)
    {
        folder = Directory.CreateDirectory(Path.Combine(folder, $"zarr2-{depth}.zarr")).FullName;
        File.WriteAllText(Path.Combine(folder, ".zarray"),
            $$$"""{"zarr_format":2,"shape":[{{{depth}}},{{{voxels.Shape[1]}}},{{{voxels.Shape[2]}}}],"chunks":[64,64,64],"dtype":"|u1","compressor":{"id":"zstd","level":1},"fill_value":0,"filters":null,"order":"C","dimension_separator":"/"}""");
        var chunks = voxels.Encode(Chunk, chunk =>
        {
            var encoded = new byte[ZstdCodec.MaxEncodedLength(chunk.Length)];
            return encoded[..new ZstdCodec(1).Encode(chunk, encoded)];
        });
        Write(voxels, depth, chunks, (z, y, x) => Path.Combine(folder, $"{z}/{y}/{x}"));
        return new Container(folder) { Coded = (chunks, Voxels3, static (encoded, decoded) => ZstdCodec.Default.Decode(encoded, decoded)) };
    }

    public static Container WriteN5(string folder, Voxels voxels)
    {
        folder = Directory.CreateDirectory(Path.Combine(folder, "gzip.n5")).FullName;
        File.WriteAllText(Path.Combine(folder, "attributes.json"),
            $$$"""{"n5":"2.5.1","dimensions":[{{{voxels.Shape[2]}}},{{{voxels.Shape[1]}}},{{{voxels.Shape[0]}}}],"blockSize":[64,64,64],"dataType":"uint8","compression":{"type":"gzip","level":4}}""");
        var chunks = voxels.Encode(Chunk, Gzip);
        var header = new byte[16];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), 3);
        for (var axis = 0; axis < 3; axis++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * axis)), Chunk);
        Write(voxels, voxels.Shape[0], [.. chunks.Select(chunk => (byte[])[.. header, .. chunk])], (z, y, x) => Path.Combine(folder, $"{x}/{y}/{z}"));
        return new Container(folder) { Coded = (chunks, Voxels3, static (encoded, decoded) => GzipCodec.Default.Decode(encoded, decoded)) };
    }

    private static void Write(Voxels voxels, long depth, byte[][] chunks, Func<long, long, long, string> place)
    {
        foreach (var (number, cell) in voxels.Cells(Chunk))
        {
            for (var z = cell[0]; z * Chunk < depth; z += voxels.Shape[0] / Chunk)
            {
                var path = place(z, cell[1], cell[2]);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                if (z == cell[0])
                    File.WriteAllBytes(path, chunks[number]);
                else
                    HardLink.Make(place(cell[0], cell[1], cell[2]), path);
            }
        }
    }

    private static byte[] Gzip(byte[] chunk)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, new ZLibCompressionOptions { CompressionLevel = 4 }, leaveOpen: true))
            gzip.Write(chunk);
        return packed.ToArray();
    }
}
