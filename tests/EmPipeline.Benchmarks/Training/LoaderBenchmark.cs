using EmPipeline.Torch;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Benchmarks.Training;

/// <summary>Random unaligned blocks from a <see cref="BlockLoader"/>, raw against PyTorch over memmap, compressed against PyTorch over zarr-python and against libzstd alone.</summary>
internal static class LoaderBenchmark
{
    private const int Boxes = 512;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        TorchRuntime.EnsureLoadable();
        report.Heading(
            $"Training, random unaligned 128³: samples/s of BlockLoader from {Volume.Edge}³ uint8 of FIB-25, inner chunks {Volume.Chunk}³, batches of {LoaderRate.Batch}, {Settings.Threads} workers, page cache warm");
        await RawAsync(settings, content, report);
        await ZstdAsync(settings, content, report);
    }

    private static async Task RawAsync(Settings settings, Content content, Report report)
    {
        var raw = content.RawFile(settings.Scratch, Volume.Edge, Volume.Edge, Volume.Edge);
        var data = await TrainingData.MakeAsync(settings, content, "raw");
        await using var stored = await OpenAsync(data.Catalog, BlockValues.Stored);
        await using var normalised = await OpenAsync(data.Catalog, BlockValues.Normalised);
        using var peer = TorchPeer.Start(settings.Python, raw, Boxes, 130, 40);
        var rates = Rounds.Measure(
            settings.Rounds, round => LoaderRate.Of(stored, round), _ => peer?.Rate("stored") ?? 0, round => LoaderRate.Of(normalised, round), _ => peer?.Rate("normalised") ?? 0);
        Row(report, "raw, as stored, against PyTorch's DataLoader over numpy.memmap", rates, 0, 1, 4, peer);
        Row(report, "raw, normalised, against PyTorch's DataLoader over numpy.memmap", rates, 2, 3, 10, peer);
    }

    private static async Task ZstdAsync(Settings settings, Content content, Report report)
    {
        var data = await TrainingData.MakeAsync(settings, content, "zstd");
        await using var stored = await OpenAsync(data.Catalog, BlockValues.Stored);
        await using var normalised = await OpenAsync(data.Catalog, BlockValues.Normalised);
        var array = Path.Combine(data.Zarr(TrainingData.Dataset), "s0");
        using var touched = new TouchedChunks(array, 1, ZstdCodec.Default);
        using var peer = TorchPeer.Start(settings.Python, array, Boxes / 8, 130, 40);
        var rates = Rounds.Measure(
            settings.Rounds, round => LoaderRate.Of(stored, round), _ => touched.Rate(), round => LoaderRate.Of(normalised, round), _ => peer?.Rate("stored") ?? 0);
        Row(report, "zstd 1, as stored, against PyTorch's DataLoader over zarr-python", rates, 0, 3, 10, peer);
        report.Row(
            "zstd 1, as stored, against libzstd alone on the chunks that are touched", $"{rates[0]:f0} of {rates[1]:f0}; {Report.Percent(rates.Ratio(0, 1))}", "≥ 85 %", rates.Ratio(0, 1) >= 0.85);
        report.Note($"| (zstd 1, normalised) | {rates[2]:f0} | | |");
    }

    private static Task<BlockSource> OpenAsync(string catalog, BlockValues values) =>
        BlockSource.OpenAsync(catalog, "level = 0", new BlockOptions { Values = values, RandomCrop = true });

    private static void Row(Report report, string measure, Rounds rates, int run, int other, double bar, TorchPeer? peer)
    {
        if (peer is null)
            report.Absent(measure, $"{rates[run]:f0}", $"≥ {bar}×", "PyTorch");
        else
            report.Row($"{measure} ({peer.Version})", $"{rates[run]:f0} / {rates[other]:f0} = {rates.Ratio(run, other):f1}×", $"≥ {bar}×", rates.Ratio(run, other) >= bar);
    }
}
