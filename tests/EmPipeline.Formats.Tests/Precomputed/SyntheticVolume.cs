using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using EmPipeline.Volumes;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Formats.Tests.Precomputed;

/// <summary>
/// A precomputed volume written for a test, by code that shares nothing with the reader. Axes here are x, y, z, as the format has them.
/// </summary>
internal sealed class SyntheticVolume
{
    public long[] Size { get; init; } = [70, 50, 45];

    public long[] Chunk { get; init; } = [32, 16, 16];

    public long[]? Offset { get; init; }

    public int Channels { get; init; } = 1;

    public VoxelType Type { get; init; } = VoxelType.UInt8;

    public string Encoding { get; init; } = "raw";

    public string Key { get; init; } = "8_8_40";

    public JsonObject? Sharding { get; init; }

    /// <summary>Encodes a chunk given its voxels (c, z, y, x) and its extent x, y, z.</summary>
    public Func<byte[], long[], byte[]> Encode { get; init; } = (voxels, _) => voxels;

    /// <summary>Whether chunks at the edge are filled up to the full chunk with rubbish.</summary>
    public bool Padded { get; init; }

    /// <summary>Added to unsharded file names, whose content it makes gzip; null for plain files.</summary>
    public string? GzipSuffix { get; init; }

    /// <summary>Grid positions that are not written and read as zeros.</summary>
    public Func<long, long, long, bool> IsAbsent { get; init; } = (_, _, _) => false;

    /// <summary>The voxel at a place; the last argument is the channel.</summary>
    public Func<long, long, long, int, ulong> Voxel { get; init; } = (x, y, z, c) => (ulong)((x * 3) + (y * 5) + (z * 7) + (c * 11) + (x * y * z % 13));

    /// <summary>Writes <c>info</c> and chunks, and returns all voxels (c, z, y, x) as they are to be read.</summary>
    public byte[] Write(MemoryStore store, string prefix = "")
    {
        prefix = prefix.Length == 0 ? "" : prefix + "/";
        store.Objects[prefix + "info"] = System.Text.Encoding.UTF8.GetBytes(Info().ToJsonString());
        var whole = new byte[Size[0] * Size[1] * Size[2] * Channels * Type.Size()];
        var chunks = new Dictionary<(long X, long Y, long Z), byte[]>();
        var grid = Grid();
        for (var z = 0L; z < grid[2]; z++)
        {
            for (var y = 0L; y < grid[1]; y++)
            {
                for (var x = 0L; x < grid[0]; x++)
                {
                    if (!IsAbsent(x, y, z))
                        chunks[(x, y, z)] = EncodeChunk(x, y, z, whole);
                }
            }
        }

        if (Sharding is null)
            WriteFiles(store, prefix, chunks);
        else
            new ShardWriter(Sharding).Write(store, $"{prefix}{Key}/", chunks.ToDictionary(chunk => Morton(chunk.Key, grid), chunk => chunk.Value));
        return whole;
    }

    public JsonObject Info()
    {
        var scale = new JsonObject
        {
            ["key"] = Key,
            ["size"] = Array(Size),
            ["resolution"] = Array([8, 8, 40]),
            ["chunk_sizes"] = new JsonArray(Array(Chunk)),
            ["encoding"] = Encoding,
        };
        if (Offset is not null)
            scale["voxel_offset"] = Array(Offset);
        if (Encoding == "compressed_segmentation")
            scale["compressed_segmentation_block_size"] = Array([8, 8, 8]);
        if (Sharding is not null)
            scale["sharding"] = Sharding.DeepClone();
        return new JsonObject
        {
            ["@type"] = "neuroglancer_multiscale_volume",
            ["type"] = "image",
            ["data_type"] = Type.Name(),
            ["num_channels"] = Channels,
            ["scales"] = new JsonArray(scale),
        };
    }

    public static JsonArray Array(long[] values) => new([.. values.Select(value => (JsonNode)value)]);

    public static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return target.ToArray();
    }

    /// <summary>Interleaves by taking bits off the coordinates while the grid still has any, lowest first.</summary>
    public static ulong Morton((long X, long Y, long Z) cell, long[] grid)
    {
        long[] left = [cell.X, cell.Y, cell.Z];
        long[] room = [.. grid.Select(extent => extent - 1)];
        var (code, place) = (0UL, 1UL);
        while (room.Any(value => value > 0))
        {
            for (var axis = 0; axis < 3; axis++)
            {
                if (room[axis] == 0)
                    continue;
                code += place * (ulong)(left[axis] % 2);
                place *= 2;
                left[axis] /= 2;
                room[axis] /= 2;
            }
        }

        return code;
    }

    private long[] Grid() => [.. Size.Zip(Chunk, (size, chunk) => (size + chunk - 1) / chunk)];

    private byte[] EncodeChunk(long chunkX, long chunkY, long chunkZ, byte[] whole)
    {
        long[] from = [chunkX * Chunk[0], chunkY * Chunk[1], chunkZ * Chunk[2]];
        long[] extent = [.. Enumerable.Range(0, 3).Select(axis => Padded ? Chunk[axis] : Math.Min(Chunk[axis], Size[axis] - from[axis]))];
        var bytes = Type.Size();
        var voxels = new byte[extent[0] * extent[1] * extent[2] * Channels * bytes];
        var at = 0;
        for (var c = 0; c < Channels; c++)
        {
            for (var z = from[2]; z < from[2] + extent[2]; z++)
            {
                for (var y = from[1]; y < from[1] + extent[1]; y++)
                {
                    for (var x = from[0]; x < from[0] + extent[0]; x++, at += bytes)
                    {
                        var value = Voxel(x, y, z, c);
                        var little = MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in value))[..bytes];
                        little.CopyTo(voxels.AsSpan(at));
                        if (x < Size[0] && y < Size[1] && z < Size[2])
                            little.CopyTo(whole.AsSpan((int)(((((c * Size[2]) + z) * Size[1] + y) * Size[0] + x) * bytes)));
                    }
                }
            }
        }

        return Encode(voxels, extent);
    }

    private void WriteFiles(MemoryStore store, string prefix, Dictionary<(long X, long Y, long Z), byte[]> chunks)
    {
        var offset = Offset ?? [0, 0, 0];
        foreach (var ((x, y, z), bytes) in chunks)
        {
            var name = string.Join('_', new[] { x, y, z }.Select((cell, axis) => string.Create(CultureInfo.InvariantCulture,
                $"{offset[axis] + (cell * Chunk[axis])}-{offset[axis] + Math.Min(Size[axis], (cell + 1) * Chunk[axis])}")));
            store.Objects[$"{prefix}{Key}/{name}{GzipSuffix}"] = GzipSuffix is null ? bytes : Gzip(bytes);
        }
    }
}
