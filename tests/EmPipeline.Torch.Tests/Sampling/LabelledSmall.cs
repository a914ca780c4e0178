using System.Runtime.InteropServices;
using EmPipeline.Catalog;
using EmPipeline.Tests;
using EmPipeline.Torch.Tests.Loading;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Sampling;

/// <summary>The catalogue of "small" (130×200×140 voxels of 8 nm, blocks of 64³) with one label, of classes 1 "common", 2 "rare", 7 and 9 "both", 255 unknown, kept in memory.</summary>
internal sealed class LabelledSmall : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCatalog _catalog;
    private readonly VoxelGrid _grid;
    private int _reads;

    private LabelledSmall(TestCatalog catalog, LabelVolumeRecord label, ulong[] values) => 
        (_catalog, Label, Values, _grid) = (catalog, label, values, VoxelGrid.Of(label.Shape, label.VoxelSize, label.Centre));

    public LabelVolumeRecord Label { get; }

    /// <summary>C order.</summary>
    public ulong[] Values { get; }

    /// <summary>How often the label was read.</summary>
    public int Reads => _reads;

    /// <summary>What reading the label ends with; null for its voxels.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Where the image cannot be read.</summary>
    public Func<Box, bool>? IsDamaged { get; set; }

    public static async Task<LabelledSmall> MakeAsync(
        TestCatalog catalog, VoxelSize size, (double Z, double Y, double X) centre, NdIndex shape, Func<NdIndex, ulong> value, VoxelType type = VoxelType.UInt8, string kind = "classes")
    {
        var label = new LabelVolumeRecord
        {
            Dataset = "small", Origin = "groundtruth", Label = "cells", Level = 0, Kind = kind, Source = "made by the test", Path = "zarr/small.zarr/labels/groundtruth/cells/s0",
            Type = type, Shape = shape, VoxelSize = size, Centre = centre, Shard = NdIndex.Filled(3, 32), Block = NdIndex.Filled(3, 32), Chunk = NdIndex.Filled(3, 16), Codec = "raw", StoredBytes = 0,
        };
        var (values, row) = (new ulong[shape.Volume], (int)shape[2]);
        Parallel.For(0, values.Length / row, line =>
        {
            var (z, y) = Math.DivRem(line, shape[1]);
            for (var x = 0; x < row; x++)
                values[(line * row) + x] = value(new NdIndex(z, y, x));
        });
        var made = new LabelledSmall(catalog, label, values);
        await catalog.BuildAsync(made._folder["catalog"], name => name == "small", content => content with
        {
            LabelVolumes = [label], LabelClasses = [.. made.Classes()], LabelChunks = made.Chunks().ToAsyncEnumerable(),
        });
        return made;
    }

    public ulong At(NdIndex voxel) => Values[(((voxel[0] * Label.Shape[1]) + voxel[1]) * Label.Shape[2]) + voxel[2]];

    public string? ClassOf(ulong value) => Label.Kind == "instances"
        ? value is 0 or 255 ? null : "cells"
        : value switch { 1 => "common", 2 => "rare", 7 or 9 => "both", _ => null };

    /// <summary>The label at an image voxel's centre; 0 outside.</summary>
    public ulong AtImage(NdIndex voxel) => AtImage(voxel[0], voxel[1], voxel[2]) ?? 0;

    /// <summary>The label at an image voxel's centre; null outside.</summary>
    public ulong? AtImage(long z, long y, long x)
    {
        (z, y, x) = (_grid.Z.IndexOf(z * 8), _grid.Y.IndexOf(y * 8), _grid.X.IndexOf(x * 8));
        var (depth, height, width) = (Label.Shape[0], Label.Shape[1], Label.Shape[2]);
        return z < 0 || z >= depth || y < 0 || y >= height || x < 0 || x >= width ? null : Values[(((z * height) + y) * width) + x];
    }

    public Task<BlockSource> OpenAsync(string query, BlockOptions options) => OpenAsync([new SampleQuery(query)], options);

    public Task<BlockSource> OpenAsync(IReadOnlyList<SampleQuery> queries, BlockOptions options) => BlockSource.OpenAsync(
        _folder["catalog"], queries, options,
        (array, _) => ValueTask.FromResult<(IVolumeReader, IAsyncDisposable?)>((array.Path.Contains("labels", StringComparison.Ordinal) ? Stored() : IsDamaged is null ? _catalog.Volumes["small"] : new DamagedVolume(_catalog.Volumes["small"].Info, IsDamaged, Fault.Corrupt), null)));

    public void Dispose() => _folder.Dispose();

    public static IEnumerable<NdIndex> Voxels(Box box) => box.CellsTouched(NdIndex.Filled(3, 1));

    private MemoryVolume Stored()
    {
        var size = Label.Type.Size();
        var bytes = new byte[Values.Length * size];
        for (var i = 0; i < Values.Length; i++)
            MemoryMarshal.AsBytes(Values.AsSpan(i, 1))[..size].CopyTo(bytes.AsSpan(i * size));
        return new MemoryVolume(Label.Shape, Label.Type, Label.Chunk, bytes) { OnRead = _ => Read() };
    }

    private void Read()
    {
        Interlocked.Increment(ref _reads);
        if (Failure is not null)
            throw Failure;
    }

    private IEnumerable<LabelClassRecord> Classes()
    {
        if (Label.Kind == "instances")
            return [Row("0", null, true), Row("255", null, false), Row(null, "cells", true)];
        return [Row("0", null, true), Row("1", "common", true), Row("2", "rare", true), Row("7", "both", true), Row("9", "both", true), Row("255", null, false)];

        LabelClassRecord Row(string? value, string? name, bool known) => new(Label.Dataset, Label.Origin, Label.Label, value, name, known);
    }

    private IEnumerable<LabelChunkRow> Chunks() =>
        from cell in Box.Whole(Label.Shape).CellsTouched(Label.Chunk)
        let chunk = new Box(cell * Label.Chunk, Label.Chunk).Intersect(Box.Whole(Label.Shape))
        from found in Counts(chunk)
        select new LabelChunkRow
        {
            Dataset = Label.Dataset, Origin = Label.Origin, Label = Label.Label, Class = found.Key, Z = chunk.Origin[0], Y = chunk.Origin[1], X = chunk.Origin[2], Voxels = found.Value,
        };

    /// <summary>Voxels of each class in a box, by name.</summary>
    private SortedDictionary<string, int> Counts(Box box)
    {
        var (counts, start, end) = (new SortedDictionary<string, int>(StringComparer.Ordinal), box.Origin, box.End);
        for (var z = start[0]; z < end[0]; z++)
        {
            for (var y = start[1]; y < end[1]; y++)
            {
                foreach (var value in Values.AsSpan((int)((((z * Label.Shape[1]) + y) * Label.Shape[2]) + start[2]), (int)box.Shape[2]))
                {
                    if (ClassOf(value) is { } name)
                        counts[name] = counts.GetValueOrDefault(name) + 1;
                }
            }
        }

        return counts;
    }
}
