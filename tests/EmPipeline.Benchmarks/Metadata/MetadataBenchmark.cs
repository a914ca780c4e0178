using EmPipeline.Benchmarks.Containers;
using EmPipeline.Benchmarks.Rechunk;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Metadata;

/// <summary>
/// What ExtractMetadata costs where there are very many files: time, memory and the bytes that it asks for, in a process like the one that
/// <c>build.sh</c> starts. Files beyond the first few are further names of those.
/// </summary>
internal static class MetadataBenchmark
{
    private const int Sections = 10_000, Edge = 2048, Planes = 4;

    // Of EMPIAR-11759, whose sections the small replicas here stand for.
    private const double EmpiarSectionBytes = 30_396_000;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        report.Heading($"ExtractMetadata: very many files");
        if (settings.WantsSource("Zarr"))
        {
            var (run, raw) = await RunAsync(settings, folder => ChunkFiles.WriteZarrV2(folder, Voxels.Of(content, VoxelType.UInt8, 64, 1280), 64 * 50));
            report.Row($"20,000 chunk files of Zarr v2 ({raw / 1e9:f1} GB)", Figure(run), "≤ 5 s", run.Seconds <= 5);
            report.Row("bytes read of them", $"{run.BytesRead / raw:p3}", "≤ 1 %", run.BytesRead <= 0.01 * raw);
        }

        if (settings.WantsSource("TIFF"))
        {
            var (run, raw) = await RunAsync(settings, folder => WriteTiff(folder, content));
            report.Row($"10,000 TIFF sections of {Edge}² ({raw / 1e9:f1} GB)", Figure(run), "≤ 5 s", run.Seconds <= 5);
            report.Row("bytes read of them", $"{run.BytesRead / raw:p3}", "≤ 1 %", run.BytesRead <= 0.01 * raw);
        }

        if (!settings.WantsSource("DM3"))
            return;
        if (Content.FindShared("replicas/empiar-like/data") is not { } sections)
        {
            report.Absent("10,000 DM3 sections with a microscope's tags", "", "≤ 30 s, ≤ 500 MiB", "../shared/replicas");
            return;
        }

        var (dm, _) = await RunAsync(settings, folder => LinkDm(folder, sections));
        report.Row("10,000 DM3 sections with a microscope's tags", Figure(dm), "≤ 30 s, ≤ 500 MiB", dm.Seconds <= 30 && dm.PeakMebibytes <= 500);
        var share = dm.BytesRead / (Sections * EmpiarSectionBytes);
        report.Row("bytes read of them, against sections of EMPIAR-11759's size (30.4 MB)", $"{dm.BytesRead / 1e3 / Sections:f0} kB a section, {share:p3}", "≤ 1 %", share <= 0.01);
    }

    private static string Figure(StageRun run) => $"{run.Seconds:f2} s ({run.ProcessorSeconds:f1} s of processors), {run.PeakMebibytes:f0} MiB";

    private static async Task<(StageRun Run, double RawBytes)> RunAsync(Settings settings, Func<string, Container> write)
    {
        var folder = Path.Combine(settings.Disk, "metadata");
        Volume.Fresh(folder);
        var source = write(folder);
        var raw = Directory.EnumerateFiles(source.Address, "*", SearchOption.AllDirectories).Sum(path => (double)new FileInfo(path).Length);
        using var child = await StageProcess.StartAsync(Path.Combine(settings.Disk, "metadata-data"), source, StageChild.Metadata, ("v", "codec: raw"));
        // The first in a process, as a user has it.
        var run = await child.RunAsync("v");
        Directory.Delete(folder, recursive: true);
        return (run, raw);
    }

    private static Container WriteTiff(string folder, Content content)
    {
        var voxels = Voxels.Of(content, VoxelType.UInt8, Planes, Edge);
        var target = Directory.CreateDirectory(Path.Combine(folder, "tiff")).FullName;
        for (var i = 0; i < Sections; i++)
        {
            var path = Path.Combine(target, $"section_{i:d5}.tif");
            if (i >= Planes)
                HardLink.Make(Path.Combine(target, $"section_{i % Planes:d5}.tif"), path);
            else
                File.Move(TiffFiles.Write(folder, voxels with { Shape = new NdIndex(1, Edge, Edge), Bytes = voxels.Plane(i).ToArray() }, Edge, 1).Address, path);
        }

        return new Container(target);
    }

    private static Container LinkDm(string folder, string replicas)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, "dm")).FullName;
        var first = Directory.GetFiles(replicas, "*.dm3").Order(StringComparer.Ordinal).ToArray();
        for (var i = 0; i < Sections; i++)
        {
            var path = Path.Combine(target, $"section_{i:d5}.dm3");
            if (i < first.Length)
                File.Copy(first[i], path);
            else
                HardLink.Make(Path.Combine(target, $"section_{i % first.Length:d5}.dm3"), path);
        }

        return new Container(target);
    }
}
