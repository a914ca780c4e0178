using EmPipeline.Benchmarks.Containers;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Rechunk;

/// <summary>
/// The layouts of the five sources at sizes up to 32 GiB, each run in a process of its own, all levels, on disk: peak memory, bytes read
/// against the source's, and ten runs in one process. A source's voxels repeat along z every 1024 planes, so the page cache holds its files.
/// </summary>
internal static class LayoutBenchmark
{
    private const int Edge = Volume.Edge, Repeats = 10;
    private const string Output = "codec: \"zstd:1\"; levels: auto";

    private static readonly (string Name, bool Streams, Func<string, Voxels, int, Container> Write)[] Layouts =
    [
        ("IDR: TIFF, a strip a page", true, (folder, voxels, times) => TiffFiles.Write(folder, voxels, Edge, Edge * times)),
        ("EMPIAR: a DM3 file a slice", true, (folder, voxels, times) => DmSlices.Write(folder, voxels, Edge * times)),
        ("EPFL: TIFF, strips of 4 rows", true, (folder, voxels, times) => TiffFiles.Write(folder, voxels, 4, Edge * times)),
        ("nacc-2: Zarr v2, zstd 64³", false, (folder, voxels, times) => ChunkFiles.WriteZarrV2(folder, voxels, (long)Edge * times)),
        ("Hemibrain: precomputed, sharded JPEG 64³", false, PrecomputedFiles.WriteJpeg),
    ];

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        report.Heading($"Memory and bytes read: the layouts of the five sources, uint8 {Edge}² planes, zstd 1, all levels, on disk");
        var voxels = Voxels.Of(content, VoxelType.UInt8, Edge, Edge);
        foreach (var (name, streams, write) in Layouts)
        {
            if (!settings.WantsSource(name))
                continue;
            var (most, peaks) = (streams ? 250 : 600, new List<double>());
            foreach (var size in settings.Gibibytes)
            {
                var folder = Path.Combine(settings.Disk, "layout");
                Volume.Fresh(folder);
                var source = write(folder, voxels, size);
                var bytes = SourceBytes(source.Address, name, size);
                using var child = await StageProcess.StartAsync(Path.Combine(settings.Disk, "data"), source, ("v", Output));
                var run = await child.RunAsync("v");
                peaks.Add(run.PeakMebibytes);
                var ratio = run.BytesRead / bytes;
                report.Row($"{name}, {size} GiB: bytes read of the source's", $"{ratio:f3}", "≤ 1.05", ratio <= 1.05);
                report.Note($"| ({name}, {size} GiB: peak memory; wall and processor time a GiB) | {run.PeakMebibytes:f0} MiB; {run.Seconds / size:f2} s; {run.ProcessorSeconds / size:f2} s | | |");
                if (size != settings.Gibibytes[0])
                    continue;
                for (var again = 1; again < Repeats; again++)
                    run = await child.RunAsync("v");
                var growth = run.PeakMebibytes / peaks[0];
                report.Row($"{name}: peak memory after {Repeats} runs in one process, against the first", $"{run.PeakMebibytes:f0} / {peaks[0]:f0} MiB = {growth:f2}", "≤ 1.10", growth <= 1.10);
                // A short run does not always come to its peak.
                peaks[0] = run.PeakMebibytes;
            }

            report.Row($"{name}: peak memory", $"{peaks.Max():f0} MiB", $"≤ {most} MiB", peaks.Max() <= most);
            report.Row($"{name}: peak memory, largest against smallest volume", $"{peaks[^1] / peaks[0]:f2}", "≤ 1.10", peaks[^1] / peaks[0] <= 1.10);
        }
    }

    /// <summary>What is stored of the voxels: files' bytes, and for a file that names pixels again, those again.</summary>
    private static double SourceBytes(string address, string name, int size) => name.Contains("TIFF", StringComparison.Ordinal)
        ? (double)Edge * Edge * Edge * size
        : new DirectoryInfo(address).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
