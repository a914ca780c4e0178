using System.Diagnostics;
using EmPipeline.Benchmarks.Containers;
using EmPipeline.Formats;
using EmPipeline.Storage;
using EmPipeline.Tests;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Sections;
using EmPipeline.Zarr;

namespace EmPipeline.Benchmarks.Rechunk;

/// <summary>The quality of sections: what it costs a rechunk, and what it finds of defects that were put into real sections.</summary>
internal static class SectionsBenchmark
{
    private const int Depth = 256;
    private const double MostCost = 0.10, LeastRecall = 0.99, MostFalse = 0.01;

    public static async Task CostAsync(Settings settings, Content content, Report report)
    {
        await CostAsync(settings, content, report, VoxelType.UInt8);
        await CostAsync(settings, content, report, VoxelType.Int16);
    }

    private static async Task CostAsync(Settings settings, Content content, Report report, VoxelType type)
    {
        var edge = Volume.Edge;
        report.Heading($"What the quality of sections costs: {edge / 2 / type.Size()}×{edge}² {type.Name()} of FIB-25 in an MRC file, output in memory, Rechunk with it against Rechunk without");
        var disk = Path.Combine(settings.Disk, "sections");
        Volume.Fresh(disk);
        var source = MrcFile.Write(disk, Voxels.Of(content, type, edge / 2 / type.Size(), edge));
        foreach (var (codec, levels) in new (ShardCodec, int?)[] { (ShardCodec.Zstd(1), 1), (ShardCodec.Zstd(1), null), (ShardCodec.Raw, 1), (ShardCodec.Raw, null) })
        {
            var output = Path.Combine(settings.Scratch, "sections");
            var processor = new List<double>[] { [], [] };
            var times = await Timing.RunAsync(settings.Rounds, () => Volume.Fresh(output), () => OnceAsync(with: false), () => OnceAsync(with: true));
            var (cost, work) = ((1 / times.Ratio(1, 0)) - 1, (Times.Middle(processor[1].TakeLast(settings.Rounds)) / Times.Middle(processor[0].TakeLast(settings.Rounds))) - 1);
            report.Row($"{codec}, {(levels is null ? "all levels" : "one level")}", $"{Percent(cost)} of the time, {Percent(work)} of the processors' time", $"≤ {Report.Percent(MostCost)}", cost <= MostCost);

            async Task OnceAsync(bool with)
            {
                using var self = Process.GetCurrentProcess();
                var before = self.TotalProcessorTime;
                await using var store = new LocalStore(Path.GetDirectoryName(source.Address)!);
                await using var volume = (await FormatRegistry.OpenAsync(new VolumePath(store, Path.GetFileName(source.Address)))).Single();
                await ZarrRechunk.RunAsync(
                    volume, Box.Whole(volume.Info.Shape), Path.Combine(output, "v.zarr"), Path.Combine(output, "shards"),
                    new RechunkOptions { Codec = codec, Levels = levels, SectionTablePath = with ? Path.Combine(output, "patches") : null });
                self.Refresh();
                processor[with ? 1 : 0].Add((self.TotalProcessorTime - before).TotalSeconds);
            }
        }
    }

    /// <summary>In the larger one patches are larger, and a quarter of the voxels is looked at; in the smaller one half.</summary>
    public static async Task FindAsync(Content content, Report report)
    {
        await FindAsync(content, report, edge: 520, stacks: 20);
        await FindAsync(content, report, edge: 1024, stacks: 5);
    }

    private static async Task FindAsync(Content content, Report report, int edge, int stacks)
    {
        report.Table($"Defects planted in FIB-25, {Depth} sections of {edge}², a dozen or two apart in {stacks} stacks", "defect", "flag", "found", "flagged otherwise too");
        var (cube, shape) = (new byte[Depth * edge * edge], new NdIndex(Depth, edge, edge));
        for (var z = 0; z < Depth; z++)
            content.Plane(z, edge, edge, cube.AsSpan(z * edge * edge, edge * edge));
        var results = new List<(PlantedDefect Defect, SectionFlags Flags)>();
        var (elsewhere, sections) = (0, 0);
        for (var seed = 1; seed <= stacks; seed++)
        {
            var stack = PlantedDefects.Plant(cube, shape, PlantedDefects.Kinds, seed);
            var survey = await MemorySections.SurveyAsync(stack.Voxels, stack.Shape);
            results.AddRange(stack.Planted.Select(defect => (defect, survey[defect.Index].Flags)));
            elsewhere += survey.Count(section => section.Flags != SectionFlags.None && stack.Planted.All(defect => defect.Index != section.Index));
            sections += survey.Count - stack.Planted.Count;
        }

        foreach (var (kind, flag) in PlantedDefects.Kinds)
        {
            var own = results.Where(result => result.Defect.Kind == kind).ToList();
            report.Note($"| {kind} | `{flag.ToString().ToLowerInvariant()}` | {own.Count(result => result.Flags.HasFlag(flag))} of {own.Count} | {own.Count(result => (result.Flags & ~flag) != SectionFlags.None)} |");
        }

        report.Heading($"What is found at {edge}²");
        var untouched = (await MemorySections.SurveyAsync(cube, shape)).Count(section => section.Flags != SectionFlags.None);
        var recall = results.Count(result => result.Flags.HasFlag(result.Defect.Flag)) / (double)results.Count;
        report.Row("planted defects found", $"{Percent(recall)} of {results.Count}", $"≥ {Report.Percent(LeastRecall)}", recall >= LeastRecall);
        report.Row("false flags in the untouched cube", $"{untouched} of {Depth}", $"≤ {Report.Percent(MostFalse)}", untouched <= MostFalse * Depth);
        report.Row("flags on other sections of the planted stacks", $"{elsewhere} of {sections}", $"≤ {Report.Percent(MostFalse)}", elsewhere <= MostFalse * sections);
    }

    private static string Percent(double share) => share.ToString("0.0 %", System.Globalization.CultureInfo.InvariantCulture);
}
