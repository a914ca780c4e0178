using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;

namespace EmPipeline.Zarr.Tests.Labels;

/// <summary>Counts a label voxel by voxel, by the words of the contract.</summary>
internal sealed class Naive
{
    private readonly LabelScheme _scheme;
    private readonly SortedDictionary<(long, long, long), Place> _chunks = [];
    private readonly SortedDictionary<(long, long, long), Place> _blocks = [];
    private readonly Place _all = new();

    public Naive(MemoryVolume label, NdIndex chunk, LabelScheme scheme, VoxelGrid grid, VoxelGrid image, NdIndex block)
    {
        _scheme = scheme;
        var (shape, reach) = (label.Info.Shape, 1000);
        foreach (var at in Box.Whole(shape).CellsTouched(NdIndex.Filled(3, 1)))
        {
            var value = Value(label, at);
            _all.Add(value, scheme);
            Of(_chunks, NdIndex.FloorDivide(at, chunk) * chunk).Add(value, scheme);
            if (BlockOf(at, grid, image, block) is { } found)
                Of(_blocks, found).Add(value, scheme);
        }

        // How many voxels an endless label would have in each block's inside, an axis at a time.
        var inside = new Dictionary<long, long>[3];
        for (var axis = 0; axis < 3; axis++)
        {
            inside[axis] = [];
            for (var i = -reach; i < reach; i++)
            {
                var voxel = Floor(((grid[axis].Centre + (i * grid[axis].Size)) / image[axis].Size) + 0.5);
                if (voxel >= 0 && voxel < image[axis].Length)
                    inside[axis][voxel / block[axis] * block[axis]] = inside[axis].GetValueOrDefault(voxel / block[axis] * block[axis]) + 1;
            }
        }

        foreach (var ((z, y, x), place) in _blocks)
            place.Inside = inside[0][z] * inside[1][y] * inside[2][x];
    }

    public long Known => _all.Known;

    public Dictionary<string, long> Classes => _scheme.ClassNames.ToDictionary(name => name, name => _all.Voxels.GetValueOrDefault(name));

    public IEnumerable<LabelChunkTally> Chunks() =>
        from entry in _chunks
        from name in _scheme.ClassNames
        where entry.Value.Voxels.GetValueOrDefault(name) > 0
        select new LabelChunkTally(Index(entry.Key), name, entry.Value.Voxels[name], Objects(entry.Value));

    public IEnumerable<LabelBlockTally> Blocks() =>
        from entry in _blocks
        where entry.Value.Known > 0
        from name in _scheme.ClassNames
        select new LabelBlockTally(
            Index(entry.Key), name, entry.Value.Voxels.GetValueOrDefault(name), entry.Value.Known, 1 - ((double)entry.Value.Known / entry.Value.Inside), Objects(entry.Value));

    private long? Objects(Place place) => _scheme.Kind == LabelKind.Instances ? place.Objects.Count : null;

    private static NdIndex? BlockOf(NdIndex at, VoxelGrid grid, VoxelGrid image, NdIndex block)
    {
        var origin = at;
        for (var axis = 0; axis < 3; axis++)
        {
            var voxel = Floor(((grid[axis].Centre + (at[axis] * grid[axis].Size)) / image[axis].Size) + 0.5);
            if (voxel < 0 || voxel >= image[axis].Length)
                return null;
            origin[axis] = voxel / block[axis] * block[axis];
        }

        return origin;
    }

    private static long Floor(double place) => (long)Math.Floor(place + 1e-6);

    private static Int128 Value(MemoryVolume label, NdIndex at)
    {
        var (shape, size) = (label.Info.Shape, label.Info.Type.Size());
        var bytes = label.Voxels.AsSpan((int)((((at[0] * shape[1]) + at[1]) * shape[2]) + at[2]) * size, size);
        return label.Info.Type switch
        {
            VoxelType.UInt8 => bytes[0],
            VoxelType.Int16 => BitConverter.ToInt16(bytes),
            VoxelType.UInt32 => BitConverter.ToUInt32(bytes),
            VoxelType.Int64 => BitConverter.ToInt64(bytes),
            VoxelType.UInt64 => BitConverter.ToUInt64(bytes),
            _ => BitConverter.ToUInt16(bytes),
        };
    }

    private static Place Of(SortedDictionary<(long, long, long), Place> places, NdIndex at)
    {
        if (!places.TryGetValue((at[0], at[1], at[2]), out var place))
            places.Add((at[0], at[1], at[2]), place = new Place());
        return place;
    }

    private static NdIndex Index((long Z, long Y, long X) at) => new(at.Z, at.Y, at.X);

    private sealed class Place
    {
        public long Known { get; private set; }

        public long Inside { get; set; }

        public Dictionary<string, long> Voxels { get; } = [];

        public HashSet<Int128> Objects { get; } = [];

        public void Add(Int128 value, LabelScheme scheme)
        {
            if (scheme.Unknown.Contains(value))
                return;
            Known++;
            var name = scheme.Kind == LabelKind.Classes ? scheme.Classes.GetValueOrDefault(value) : value == 0 ? null : scheme.ClassNames[0];
            if (name is null)
                return;
            Voxels[name] = Voxels.GetValueOrDefault(name) + 1;
            Objects.Add(value);
        }
    }
}
