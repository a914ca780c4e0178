using System.Buffers.Binary;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests;

/// <summary>Small volumes of uint8 in which every voxel says where it is, and files that hold them.</summary>
internal static class TestVolumes
{
    /// <summary>Voxels in C order; another version differs everywhere.</summary>
    public static byte[] Make(NdIndex shape, int version = 0)
    {
        var voxels = new byte[shape.Volume];
        for (var i = 0; i < voxels.Length; i++)
            voxels[i] = (byte)(1 + (((i * 31) + (i / 251) + (version * 101)) % 251));
        return voxels;
    }

    /// <summary>The voxels of a box of a volume.</summary>
    public static byte[] Cut(byte[] volume, NdIndex shape, Box box)
    {
        var voxels = new byte[box.Volume];
        StridedCopy.Copy(volume, Box.Whole(shape), voxels, box, 1);
        return voxels;
    }

    /// <summary>An 8-bit TIFF of one strip a page.</summary>
    public static byte[] Tiff(byte[] voxels, NdIndex shape) => TiffVolume.Of(voxels, (int)shape[0], (int)shape[1], (int)shape[2]);

    /// <summary>A folder of TIFF slices, "section_N.tif" without leading zeros.</summary>
    public static void WriteSlices(string folder, byte[] voxels, NdIndex shape)
    {
        Directory.CreateDirectory(folder);
        var slice = new NdIndex(1, shape[1], shape[2]);
        for (var z = 0; z < shape[0]; z++)
            File.WriteAllBytes(Path.Combine(folder, $"section_{z}.tif"), Tiff(voxels[(int)(z * slice.Volume)..(int)((z + 1) * slice.Volume)], slice));
    }

    /// <summary>A Zarr v2 group with one array em/s0 of raw chunks, nested.</summary>
    public static void WriteZarrV2(string folder, byte[] voxels, NdIndex shape, NdIndex chunk)
    {
        Write(folder, ".zgroup", """{ "zarr_format": 2 }"""u8.ToArray());
        Write(folder, "em/.zgroup", """{ "zarr_format": 2 }"""u8.ToArray());
        Write(folder, "em/.zattrs", System.Text.Encoding.UTF8.GetBytes("""
            { "multiscales": [ { "version": "0.4", "axes": [ { "name": "z", "type": "space", "unit": "nanometer" }, { "name": "y", "type": "space", "unit": "nanometer" }, { "name": "x", "type": "space", "unit": "nanometer" } ],
              "datasets": [ { "path": "s0", "coordinateTransformations": [ { "type": "scale", "scale": [4, 4, 4] } ] } ] } ] }
            """));
        Write(folder, "em/s0/.zarray", System.Text.Encoding.UTF8.GetBytes(
            $$"""{ "zarr_format": 2, "shape": [{{Text(shape)}}], "chunks": [{{Text(chunk)}}], "dtype": "|u1", "compressor": null, "fill_value": 0, "order": "C", "filters": null, "dimension_separator": "/" }"""));
        foreach (var cell in Box.Whole(shape).CellsTouched(chunk))
            Write(folder, $"em/s0/{cell[0]}/{cell[1]}/{cell[2]}", Padded(voxels, shape, new Box(cell * chunk, chunk)));
    }

    /// <summary>An N5 container with one dataset em/s0 of raw blocks.</summary>
    public static void WriteN5(string folder, byte[] voxels, NdIndex shape, NdIndex block)
    {
        Write(folder, "attributes.json", """{ "n5": "2.5.1" }"""u8.ToArray());
        Write(folder, "em/s0/attributes.json", System.Text.Encoding.UTF8.GetBytes(
            $$"""{ "dimensions": [{{shape[2]}}, {{shape[1]}}, {{shape[0]}}], "blockSize": [{{block[2]}}, {{block[1]}}, {{block[0]}}], "dataType": "uint8", "compression": { "type": "raw" } }"""));
        foreach (var cell in Box.Whole(shape).CellsTouched(block))
        {
            var box = new Box(cell * block, block).Intersect(Box.Whole(shape));
            var file = new byte[16 + box.Volume];
            BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(2), 3);
            for (var axis = 0; axis < 3; axis++)
                BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(4 + (4 * axis)), (uint)box.Shape[2 - axis]);
            Cut(voxels, shape, box).CopyTo(file, 16);
            Write(folder, $"em/s0/{cell[2]}/{cell[1]}/{cell[0]}", file);
        }
    }

    /// <summary>A precomputed volume of one scale of raw chunks.</summary>
    /// <param name="suffix">Added to the names of the chunks; ".gz" stores them compressed.</param>
    /// <param name="sharded">All chunks in one shard.</param>
    public static void WritePrecomputed(string folder, byte[] voxels, NdIndex shape, NdIndex chunk, string suffix = "", bool sharded = false)
    {
        const string sharding = """, "sharding": { "@type": "neuroglancer_uint64_sharded_v1", "preshift_bits": 0, "hash": "identity", "minishard_bits": 0, "shard_bits": 0, "minishard_index_encoding": "raw", "data_encoding": "raw" }""";
        Write(folder, "info", System.Text.Encoding.UTF8.GetBytes(
            $$"""
            { "@type": "neuroglancer_multiscale_volume", "type": "image", "data_type": "uint8", "num_channels": 1,
              "scales": [ { "key": "8_8_8", "size": [{{shape[2]}}, {{shape[1]}}, {{shape[0]}}], "resolution": [8, 8, 8], "chunk_sizes": [[{{chunk[2]}}, {{chunk[1]}}, {{chunk[0]}}]], "encoding": "raw", "voxel_offset": [0, 0, 0]{{(sharded ? sharding : "")}} } ] }
            """));
        if (sharded)
        {
            Write(folder, "8_8_8/0.shard", Shard(voxels, shape, chunk));
            return;
        }

        foreach (var cell in Box.Whole(shape).CellsTouched(chunk))
        {
            var box = new Box(cell * chunk, chunk).Intersect(Box.Whole(shape));
            var bytes = Cut(voxels, shape, box);
            if (suffix == ".gz")
            {
                var packed = new MemoryStream();
                using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
                    gzip.Write(bytes);
                bytes = packed.ToArray();
            }

            Write(folder, $"8_8_8/{box.Origin[2]}-{box.End[2]}_{box.Origin[1]}-{box.End[1]}_{box.Origin[0]}-{box.End[0]}{suffix}", bytes);
        }
    }

    /// <summary>One shard of one minishard: its index's place, the chunks, then three rows of numbers (ids, gaps, lengths), each the step from the one before.</summary>
    private static byte[] Shard(byte[] voxels, NdIndex shape, NdIndex chunk)
    {
        var grid = NdIndex.CeilingDivide(shape, chunk);
        var chunks = Box.Whole(shape).CellsTouched(chunk).OrderBy(cell => Morton(cell, grid)).ToList();
        var (body, ids, lengths) = (new List<byte>(), new List<ulong>(), new List<ulong>());
        foreach (var cell in chunks)
        {
            var bytes = Cut(voxels, shape, new Box(cell * chunk, chunk).Intersect(Box.Whole(shape)));
            body.AddRange(bytes);
            ids.Add(Morton(cell, grid));
            lengths.Add((ulong)bytes.Length);
        }

        var steps = ids.Select((id, i) => i == 0 ? id : id - ids[i - 1]);
        var index = steps.Concat(new ulong[ids.Count]).Concat(lengths).SelectMany(BitConverter.GetBytes).ToArray();
        return [.. BitConverter.GetBytes((ulong)body.Count), .. BitConverter.GetBytes((ulong)(body.Count + index.Length)), .. body, .. index];
    }

    /// <summary>Bits of x, y and z in turn, of each as many as its grid takes.</summary>
    private static ulong Morton(NdIndex cell, NdIndex grid)
    {
        var (code, place) = (0UL, 0);
        for (var bit = 0; bit < 32; bit++)
        {
            for (var axis = 2; axis >= 0; axis--)
            {
                if ((grid[axis] - 1) >> bit > 0)
                    code |= (ulong)((cell[axis] >> bit) & 1) << place++;
            }
        }

        return code;
    }

    private static string Text(NdIndex index) => string.Join(", ", index.ToArray());

    private static byte[] Padded(byte[] voxels, NdIndex shape, Box chunk)
    {
        var padded = new byte[chunk.Volume];
        StridedCopy.Copy(voxels, Box.Whole(shape), padded, chunk, 1);
        return padded;
    }

    private static void Write(string folder, string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
