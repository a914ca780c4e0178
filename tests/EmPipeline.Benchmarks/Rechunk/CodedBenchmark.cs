using EmPipeline.Benchmarks.Containers;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Rechunk;

/// <summary>
/// Sources in encoded chunks, through the Rechunk stage, against a bare loop that decodes the same chunks (in memory) with the same library,
/// encodes what comes out and writes it.
/// </summary>
internal static class CodedBenchmark
{
    private const double Bar = 0.85;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        report.Heading($"Coded chunks: {Volume.Edge}³ uint8 of FIB-25, zstd 1, one level, MB of voxels a second through the Rechunk stage");
        var grey = Voxels.Of(content, VoxelType.UInt8, Volume.Edge, Volume.Edge);
        await MeasureAsync(settings, report, grey, "Zarr v2, zstd 64³", folder => ChunkFiles.WriteZarrV2(folder, grey, Volume.Edge));
        await MeasureAsync(settings, report, grey, "N5, gzip 64³", folder => ChunkFiles.WriteN5(folder, grey));
        await MeasureAsync(settings, report, grey, "HDF5, gzip 64³", folder => Hdf5Files.WriteGzip(folder, grey));
        await MeasureAsync(settings, report, grey, "precomputed, JPEG 64³, sharded", folder => PrecomputedFiles.WriteJpeg(folder, grey, 1));
        await MeasureAsync(settings, report, grey, "PNG slices", folder => ImageFiles.WritePng(folder, grey));
    }

    private static async Task MeasureAsync(Settings settings, Report report, Voxels voxels, string name, Func<string, Container> write)
    {
        if (!settings.WantsSource(name))
            return;
        var folder = Path.Combine(settings.Disk, "coded");
        Volume.Fresh(folder);
        var source = write(folder);
        var (bare, (chunks, decodedBytes, decode)) = (Path.Combine(settings.Scratch, "bare"), source.Coded!.Value);
        using var child = await StageProcess.StartAsync(
            Path.Combine(settings.Scratch, "data"), source, ("one", "codec: \"zstd:1\"; levels: 1"), ("all", "codec: \"zstd:1\"; levels: auto"));
        var rounds = await PairedRounds.RunAsync(
            Math.Min(4, settings.Rounds), bare, voxels.Bytes.Length * 5L / 4,
            [() => BareLoops.TranscodeAsync(chunks, decodedBytes, decode, Volume.Chunk * Volume.Chunk * Volume.Chunk, Volume.Shard * Volume.Shard * Volume.Shard, bare, Settings.Threads)],
            child, ["one", "all"]);
        var ratio = rounds.Times.Ratio(1, 0);
        report.Row(
            name, $"{voxels.Megabytes / rounds.Times[1]:f0} of {voxels.Megabytes / rounds.Times[0]:f0} MB/s; {Report.Percent(ratio)}",
            $"≥ {Report.Percent(Bar)} of the bare loop", ratio >= Bar);
        report.Note(
            $"| ({name}: all levels; start-up; processor time; peak memory) | {voxels.Megabytes / rounds.Times[2]:f0} MB/s = {Report.Percent(rounds.Times.Ratio(2, 0))}; " +
            $"+{rounds.StartUp:f2} s; {rounds.Processor(0):f2} s; {rounds.Peak:f0} MiB | | |");
    }
}
