using EmPipeline.Formats;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Benchmarks;

/// <summary>How many bytes of the five sources' layouts a rechunk reads, against what it needs.</summary>
internal static class LayoutBenchmark
{
    private static readonly (string Name, string Path)[] Layouts =
    [
        ("IDR: TIFF, one strip a page", "idr-like/idr_like_tifffile_46x194x280_u8_be.tif"),
        ("EMPIAR: a DM3 file a slice", "empiar-like/data"),
        ("EPFL: TIFF, strips of 4 rows", "epfl-like/epfl_like_tifffile_24x340x500_u8.tif"),
        ("nacc-2: Zarr v2, 64³", "nacc-like/nacc_like.zarr"),
        ("Hemibrain: precomputed, sharded JPEG 64³", "hemibrain-like/emdata/jpeg"),
    ];

    public static async Task RunAsync(Settings settings, Report report)
    {
        report.Heading("Bytes read and written, the replicas of the five sources");
        foreach (var (name, path) in Layouts)
        {
            if (Content.FindShared(Path.Combine("replicas", path)) is not { } full)
            {
                report.Absent(name, "", "≤ 1.05", "../shared/replicas");
                continue;
            }

            await MeasureAsync(settings, report, name, full);
        }
    }

    private static async Task MeasureAsync(Settings settings, Report report, string name, string path)
    {
        var output = Path.Combine(settings.Scratch, "layout");
        Volume.Fresh(output);
        await using var local = new LocalStore(Path.GetDirectoryName(path)!);
        await using var store = new CountingStore(local);
        var readers = await FormatRegistry.OpenAsync(new VolumePath(store, Path.GetFileName(path)));
        await using var volume = readers[0];
        var view = ZyxView.Of(volume);

        // What one reading of every block once costs.
        store.Reset();
        await ReadOnceAsync(view);
        var needed = store.Bytes;
        store.Reset();
        var result = await ZarrRechunk.RunAsync(
            view, Box.Whole(view.Info.Shape), Path.Combine(output, "v.zarr"), Path.Combine(output, "journal"), new RechunkOptions { Codec = ShardCodec.Zstd() });
        var ratio = (double)store.Bytes / needed;
        report.Row($"{name}: read", $"{store.Bytes} of {needed} bytes = {ratio:f3}", "≤ 1.05", ratio <= 1.05);
        var stored = Directory.EnumerateFiles(Path.Combine(output, "v.zarr"), "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".json", StringComparison.Ordinal)).Sum(file => new FileInfo(file).Length);
        var written = (double)result.BytesWritten / stored;
        report.Row($"{name}: written", $"{result.BytesWritten} of {stored} bytes = {written:f2}", "1.00", result.BytesWritten == stored);
        foreach (var other in readers.Skip(1))
            await other.DisposeAsync();
    }

    private static async Task ReadOnceAsync(IVolumeReader reader)
    {
        var whole = Box.Whole(reader.Info.Shape);
        var buffer = new byte[0];
        foreach (var cell in whole.CellsTouched(reader.Info.Grain))
        {
            var box = new Box(cell * reader.Info.Grain, reader.Info.Grain).Intersect(whole);
            var length = (int)(box.Volume * reader.Info.Type.Size());
            if (buffer.Length < length)
                buffer = new byte[length];
            await reader.ReadAsync(box, buffer.AsMemory(0, length));
        }
    }
}
