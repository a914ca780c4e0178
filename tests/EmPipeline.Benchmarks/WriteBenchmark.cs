using EmPipeline.Zarr;

namespace EmPipeline.Benchmarks;

/// <summary>Rechunking a plain file against bare loops and zarr-python.</summary>
internal static class WriteBenchmark
{
    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        var raw = content.RawFile(settings.Disk, Volume.Edge, Volume.Edge, Volume.Edge);
        var output = Path.Combine(settings.Scratch, "out");
        var shards = BareLoops.Chunks(File.ReadAllBytes(raw), Volume.Edge, Volume.Shard, Volume.Chunk);
        const int chunkBytes = Volume.Chunk * Volume.Chunk * Volume.Chunk;
        var time = await Timing.RunAsync(
            settings.Rounds, () => Volume.Fresh(output),
            () => BareLoops.EncodeAndWriteAsync(shards, chunkBytes, output, Settings.Threads),
            () => Volume.RechunkAsync(raw, output, ShardCodec.Zstd(), 1),
            () => Volume.RechunkAsync(raw, output, ShardCodec.Zstd(), null),
            () => BareLoops.WriteAsync(shards, output, Settings.Threads),
            () => Volume.RechunkAsync(raw, output, ShardCodec.Raw, 1));

        report.Heading($"Write: {Volume.Edge}³ uint8 of FIB-25, shards {Volume.Shard}³, inner chunks {Volume.Chunk}³, MB of voxels a second");
        Row("zstd 1, one level", 1, 0, 0.85);
        Row("zstd 1, all levels (speed by level-0 voxels)", 2, 0, 0.65);
        Row("raw, one level", 4, 3, 0.60);
        var peer = await Peers.ZarrAsync(settings, raw, "zstd");
        PeerRow(report, "zstd 1, one level, against", Volume.Megabytes / time[1], peer?.Write, peer, Settings.ZarrPythonWrite, 8);

        void Row(string name, int run, int bare, double bar) => report.Row(
            name, $"{Volume.Megabytes / time[run]:f0} of {Volume.Megabytes / time[bare]:f0} MB/s; {Report.Percent(time.Ratio(run, bare))}",
            $"≥ {Report.Percent(bar)} of the bare loop", time.Ratio(run, bare) >= bar);
    }

    /// <summary>A row against zarr-python 3 where it is, else against its figures of DESIGN §8, named as such; zarr-python 2 as information.</summary>
    internal static void PeerRow(Report report, string name, double got, double? measured, Peers.Zarr? peer, double recorded, double bar)
    {
        var isThree = peer?.Version.StartsWith('3') == true;
        var compared = isThree ? measured!.Value : recorded;
        var which = isThree ? $"zarr-python {peer!.Version}" : "zarr-python 3.0.10 as recorded in DESIGN §8 (absent here)";
        report.Row($"{name} {which}", $"{got:f0} / {compared:f0} = {got / compared:f1}×", $"≥ {bar}×", got / compared >= bar);
        if (peer is not null && !isThree)
            report.Note($"| (zarr-python {peer.Version}, unsharded array of the same inner chunks) | {got:f0} / {measured:f0} = {got / measured:f1}× | | |");
    }
}
