using System.Buffers.Binary;
using EmPipeline.Benchmarks.Containers;
using EmPipeline.Formats;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Benchmarks.Training;

/// <summary>Real labels: the neurons of 250³ voxels of the same tissue that stand beside the repository, drawn by people.</summary>
internal sealed class LabelContent
{
    private const string File = "realdata/hdf5/neuroproof_examples/groundtruth.h5.gz", Array = "stack";
    private readonly int[] _ids;
    private readonly int _edge;

    private LabelContent(int[] ids, int edge) => (_ids, _edge) = (ids, edge);

    public static async Task<LabelContent> LoadAsync()
    {
        var path = Content.FindShared(File) ?? throw new FileNotFoundException($"../shared/{File}: got no such file, expected the labels that this benchmark is made of.");
        await using var store = new LocalStore(Path.GetDirectoryName(path)!);
        var volumes = await FormatRegistry.OpenAsync(new VolumePath(store, Path.GetFileName(path)));
        var volume = volumes.Single(volume => volume.Info.Name.EndsWith(Array, StringComparison.Ordinal));
        var bytes = new byte[volume.Info.Shape.Volume * sizeof(int)];
        await volume.ReadAsync(Box.Whole(volume.Info.Shape), bytes);
        var ids = new int[volume.Info.Shape.Volume];
        Buffer.BlockCopy(bytes, 0, ids, 0, bytes.Length);
        foreach (var opened in volumes)
            await opened.DisposeAsync();
        return new LabelContent(ids, (int)volume.Info.Shape[0]);
    }

    /// <summary>The object at a voxel of an endless mirrored volume; 0 is the space between objects.</summary>
    public ushort At(long z, long y, long x) => (ushort)_ids[(((Mirror(z) * _edge) + Mirror(y)) * _edge) + Mirror(x)];

    /// <summary>An MRC file of all objects, uint16, a cube of <paramref name="edge"/>: more bytes than an array holds.</summary>
    public Container Neurons(string folder, int edge)
    {
        var path = Path.Combine(folder, $"{VoxelType.UInt16.Name()}-{edge}.mrc");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 8 << 20);
        file.Write(MrcFile.Header(NdIndex.Filled(3, edge), VoxelType.UInt16));
        var plane = new byte[edge * edge * sizeof(ushort)];
        for (var z = 0; z < edge; z++)
        {
            for (var y = 0; y < edge; y++)
            {
                for (var x = 0; x < edge; x++)
                    BinaryPrimitives.WriteUInt16LittleEndian(plane.AsSpan(sizeof(ushort) * ((y * edge) + x)), At(z, y, x));
            }

            file.Write(plane);
        }

        return new Container(path);
    }

    /// <summary>1 for some of the objects in one place of the cube, <paramref name="share"/> of its voxels, 0 elsewhere; uint8.</summary>
    public Voxels Rare(int edge, double share)
    {
        var (left, chosen) = ((long)(share * edge * edge * edge), new HashSet<int>());
        foreach (var group in _ids.Where(id => id != 0).CountBy(id => id).OrderByDescending(group => group.Value).ThenBy(group => group.Key))
        {
            if (group.Value > left)
                continue;
            chosen.Add(group.Key);
            left -= group.Value;
        }

        var (bytes, first) = (new byte[(long)edge * edge * edge], (edge - _edge) / 2);
        for (var i = 0; i < _ids.Length; i++)
        {
            if (chosen.Contains(_ids[i]))
                bytes[((((long)(i / (_edge * _edge)) + first) * edge) + (i / _edge % _edge) + first) * edge + (i % _edge) + first] = 1;
        }

        return new Voxels(NdIndex.Filled(3, edge), VoxelType.UInt8, bytes);
    }

    private int Mirror(long at)
    {
        var within = (int)(at % (2 * _edge));
        return within < _edge ? within : (2 * _edge) - 1 - within;
    }
}
