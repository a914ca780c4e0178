using EmPipeline.Benchmarks.Containers;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Rechunk;

/// <summary>Sources whose voxels lie in the file as they are, through the Rechunk stage, against bare loops over the same voxels in memory.</summary>
internal static class PlainBenchmark
{
    private const int BareRuns = 3;

    private static readonly (string Name, string Output, bool Zstd, double Bar)[] Datasets =
    [
        ("zstd-one", "codec: \"zstd:1\"; levels: 1", true, 0.85),
        ("zstd-all", "codec: \"zstd:1\"; levels: auto", true, 0.70),
        ("raw-one", "codec: raw; levels: 1", false, 0.60),
        ("raw-all", "codec: raw; levels: auto", false, 0.45),
    ];

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        report.Heading($"Plain voxels: 1 GiB of FIB-25, shards {Volume.Shard}³, inner chunks {Volume.Chunk}³, MB of voxels a second through the Rechunk stage");
        var (grey, edge) = (Voxels.Of(content, VoxelType.UInt8, Volume.Edge, Volume.Edge), Volume.Edge);
        var memory = new byte[grey.Bytes.Length];
        var chunks = BareLoops.Chunks(grey, Volume.Shard, Volume.Chunk, memory);
        var peer = await MeasureAsync(settings, report, grey, chunks, "MRC, uint8", folder => MrcFile.Write(folder, grey));
        await PeerAsync(settings, report, grey, peer);
        await MeasureAsync(settings, report, grey, chunks, "TIFF, a strip a page", folder => TiffFiles.Write(folder, grey, edge, edge));
        await MeasureAsync(settings, report, grey, chunks, "TIFF, strips of 4 rows", folder => TiffFiles.Write(folder, grey, 4, edge));
        await MeasureAsync(settings, report, grey, chunks, "DM3, a file a slice", folder => DmSlices.Write(folder, grey, edge));
        await MeasureAsync(settings, report, grey, chunks, "HDF5, contiguous", folder => Hdf5Files.WriteContiguous(folder, grey));
        var signed = Voxels.Of(content, VoxelType.Int8, edge, edge);
        chunks = BareLoops.Chunks(signed, Volume.Shard, Volume.Chunk, memory);
        await MeasureAsync(settings, report, signed, chunks, "MRC, int8", folder => MrcFile.Write(folder, signed));
        var wide = Voxels.Of(content, VoxelType.Int16, edge / 2, edge);
        await MeasureAsync(settings, report, wide, BareLoops.Chunks(wide, Volume.Shard, Volume.Chunk, memory), "MRC, int16", folder => MrcFile.Write(folder, wide));
    }

    /// <returns>MB/s of zstd, one level.</returns>
    private static async Task<double> MeasureAsync(Settings settings, Report report, Voxels voxels, ReadOnlyMemory<byte>[] shards, string name, Func<string, Container> write)
    {
        if (!settings.WantsSource(name))
            return 0;
        var folder = Path.Combine(settings.Disk, "plain");
        Volume.Fresh(folder);
        var source = write(folder);
        var bare = Path.Combine(settings.Scratch, "bare");
        var chunkBytes = Volume.Chunk * Volume.Chunk * Volume.Chunk * voxels.Type.Size();
        using var child = await StageProcess.StartAsync(Path.Combine(settings.Scratch, "data"), source, [.. Datasets.Select(dataset => (dataset.Name, dataset.Output))]);
        // First the bare loops, then the datasets. The third reads what a source is read from, which is in the first two's memory already.
        var read = source.Files();
        var rounds = await PairedRounds.RunAsync(
            settings.Rounds, bare, voxels.Bytes.Length * 5L / 4,
            [() => BareLoops.EncodeAndWriteAsync(shards, chunkBytes, bare, Settings.Threads), () => BareLoops.WriteAsync(shards, bare, Settings.Threads), () => BareLoops.ReadAsync(read, Settings.Threads)],
            child, [.. Datasets.Select(dataset => dataset.Name)]);
        for (var i = 0; i < Datasets.Length; i++)
        {
            var (run, loop) = (BareRuns + i, Datasets[i].Zstd ? 0 : 1);
            var ratio = rounds.Times.Ratio(run, loop);
            report.Row(
                $"{name}: {(Datasets[i].Zstd ? "zstd 1" : "raw")}, {(i % 2 == 0 ? "one level" : "all levels")}",
                $"{voxels.Megabytes / rounds.Times[run]:f0} of {voxels.Megabytes / rounds.Times[loop]:f0} MB/s; {Report.Percent(ratio)}",
                $"≥ {Report.Percent(Datasets[i].Bar)} of the bare loop", ratio >= Datasets[i].Bar);
        }

        report.Note($"| ({name}: start-up, the first run against the others; processor time; peak memory) | +{rounds.StartUp:f2} s; {rounds.Processor(0):f2} s; {rounds.Peak:f0} MiB | | |");
        report.Note(
            $"| ({name}: the bare loop and reading the source's files in turn, no other work: zstd 1, raw) | {Limit(0)}, {Limit(1)} of the bare loop | | |");
        return voxels.Megabytes / rounds.Times[BareRuns];

        string Limit(int loop) => Report.Percent(rounds.Times[loop] / (rounds.Times[loop] + rounds.Times[2]));
    }

    private static async Task PeerAsync(Settings settings, Report report, Voxels grey, double ours)
    {
        if (ours == 0)
            return;
        var raw = Path.Combine(settings.Disk, "plain", "peer.raw");
        await File.WriteAllBytesAsync(raw, grey.Bytes);
        var peer = await Peers.ZarrAsync(settings, raw, "zstd");
        Peers.Row(report, "zstd 1, one level, against", ours, peer?.Write, peer, Settings.ZarrPythonWrite, 8);
    }
}
