using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EmPipeline.Formats;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Inspect;

/// <summary>Describes any file or folder that a reader knows, as JSON.</summary>
public static class Inspection
{
    private const int SlabBytes = 256 << 20;

    /// <param name="digest">Also decode every voxel and give the SHA-256 of all: C order, little-endian.</param>
    /// <exception cref="EmException">Nothing is there, or no reader knows it.</exception>
    public static async Task<string> DescribeAsync(string path, bool digest, CancellationToken cancellation)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Path.Exists(path))
            throw new EmException(Fault.Configuration, $"{path}: got nothing there, expected a file or folder.");
        await using var store = new LocalStore(Path.GetDirectoryName(path) ?? path);
        var readers = await FormatRegistry.OpenAsync(new VolumePath(store, Path.GetFileName(path)), cancellation: cancellation);
        try
        {
            var volumes = new JsonArray();
            foreach (var reader in readers)
                volumes.Add(await DescribeAsync(reader, digest, cancellation));
            return CanonicalJson.Text(new JsonObject
            {
                ["path"] = path,
                ["format"] = readers.Count > 0 ? readers[0].Info.Format : null,
                ["volumes"] = volumes,
            });
        }
        finally
        {
            foreach (var reader in readers)
                await reader.DisposeAsync();
        }
    }

    private static async Task<JsonObject> DescribeAsync(IVolumeReader reader, bool digest, CancellationToken cancellation)
    {
        var info = reader.Info;
        var result = new JsonObject
        {
            ["name"] = info.Name,
            ["axes"] = info.Axes,
            ["shape"] = Numbers(info.Shape),
            ["dtype"] = info.Type.Name(),
            ["grain"] = Numbers(info.Grain),
            ["level"] = info.Level,
            ["voxelSizeNm"] = info.VoxelSize == VoxelSize.Unknown
                ? null
                : new JsonArray(info.VoxelSize.Z, info.VoxelSize.Y, info.VoxelSize.X),
            ["voxelSizeOrigin"] = info.VoxelSizeOrigin,
            ["metadata"] = new JsonArray([.. info.Metadata.Select(value => new JsonObject { ["key"] = value.Key, ["value"] = value.Value, ["origin"] = value.Origin })]),
        };
        if (digest)
            result["sha256"] = await DigestAsync(reader, cancellation);
        return result;
    }

    /// <summary>The SHA-256 of all voxels, read slab by slab along the slowest axes so that memory stays bounded.</summary>
    public static async Task<string> DigestAsync(IVolumeReader reader, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var box in Slabs(reader.Info))
        {
            var buffer = new byte[box.Volume * reader.Info.Type.Size()];
            await reader.ReadAsync(box, buffer, cancellation);
            hash.AppendData(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Boxes that follow each other in C order: whole on the fast axes, cut on the first axis on which a piece fits the budget, and one
    // position on the axes before it.
    private static IEnumerable<Box> Slabs(VolumeInfo info)
    {
        var (rank, shape) = (info.Shape.Rank, info.Shape);
        var inner = (long)info.Type.Size();
        var cut = rank;
        while (cut > 0 && inner * shape[cut - 1] <= SlabBytes)
            inner *= shape[--cut];
        if (cut == 0)
            return [Box.Whole(shape)];
        var piece = shape;
        for (var axis = 0; axis < cut; axis++)
            piece[axis] = 1;
        // Chunks should be decoded once: a slab is as thick as the reader advises, or a multiple of it, where memory allows.
        var fits = Math.Max(1, SlabBytes / inner);
        var advised = info.Advice[cut - 1];
        piece[cut - 1] = Math.Min(shape[cut - 1], fits >= advised ? fits / advised * advised : fits);
        return Box.Whole(shape).CellsTouched(piece).Select(cell => new Box(cell * piece, piece).Intersect(Box.Whole(shape)));
    }

    private static JsonArray Numbers(NdIndex index) => new([.. index.ToArray().Select(value => JsonValue.Create(value))]);
}
