using EmPipeline.Torch;

namespace EmPipeline.Benchmarks.Training;

/// <summary>What transforms cost: cheap ones as a share of the loader's rate, those that make new values in milliseconds a sample of one core.</summary>
internal static class TransformsBenchmark
{
    private static readonly Transform[] Defects = [new Flip(), new Intensity(), new MissingSection(), new LowContrastSection(), new ShiftedSection()];

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        TorchRuntime.EnsureLoadable();
        report.Heading($"Training, transforms: samples/s of BlockLoader, random unaligned 128³ of {Volume.Edge}³ uint8 of FIB-25, normalised, batches of {LoaderRate.Batch}, {Settings.Threads} workers, page cache warm");
        foreach (var codec in ((string[])["raw", "zstd"]).Where(settings.WantsSource))
        {
            var catalog = (await TrainingData.MakeAsync(settings, content, codec)).Catalog;
            await SharesAsync(settings, catalog, codec, report);
            if (codec == "raw")
                await MillisecondsAsync(settings, catalog, report);
        }
    }

    private static async Task SharesAsync(Settings settings, string catalog, string codec, Report report)
    {
        (string Name, Transform[] Transforms)[] sets =
        [
            ("flips, intensity, sections missing, of low contrast and shifted", Defects),
            ("the same, with what lies around shifted sections", [.. Defects.SkipLast(1), new ShiftedSection { ReadsAround = true }]),
            ("the same and misalignment and the 24 turns", [new Misalignment(), new Turn(), .. Defects]),
        ];
        await using var plain = await OpenAsync(catalog, "level = 0");
        var sources = new List<BlockSource>();
        foreach (var (_, transforms) in sets)
            sources.Add(await OpenAsync(catalog, "level = 0", transforms));
        var rates = Rounds.Measure(settings.Rounds, [round => LoaderRate.Of(plain, round), .. sources.Select(source => (Func<int, double>)(round => LoaderRate.Of(source, round)))]);
        report.Row($"{codec}, {sets[0].Name}", $"{rates[1]:f0} of {rates[0]:f0}; {Report.Percent(rates.Ratio(1, 0))}", "≥ 80 %", rates.Ratio(1, 0) >= 0.8);
        for (var i = 1; i < sets.Length; i++)
            report.Note($"| ({codec}, {sets[i].Name}) | {rates[i + 1]:f0}; {Report.Percent(rates.Ratio(i + 1, 0))} | | |");
        foreach (var source in sources)
            await source.DisposeAsync();
    }

    /// <summary>With one worker, the time of a sample with the transform less that of one without; what is read around is part of it.</summary>
    private static async Task MillisecondsAsync(Settings settings, string catalog, Report report)
    {
        const string Few = "level = 0 AND z = 0 AND y < 512";
        await using var plain = await OpenAsync(catalog, Few);
        await MeasureAsync("elastic, 4 voxels between points 32 apart", new Elastic { Probability = 1 }, 60);
        await MeasureAsync("blur of 1 voxel, in the plane", new Blur { Probability = 1, Deviation = (1, 1) });
        await MeasureAsync("noise", new Noise { Probability = 1 });
        await MeasureAsync("gamma", new Intensity { Gamma = (0.8, 1.2) });

        async Task MeasureAsync(string name, Transform transform, double? bar = null)
        {
            await using var source = await OpenAsync(catalog, Few, transform);
            var rates = Rounds.Measure(settings.Rounds, round => LoaderRate.Of(plain, round, workers: 1), round => LoaderRate.Of(source, round, workers: 1));
            var cost = (1000 / rates[1]) - (1000 / rates[0]);
            if (bar is { } most)
                report.Row($"{name}: ms a 128³ of a core", $"{cost:f1}", $"≤ {most}", cost <= most);
            else
                report.Note($"| ({name}: ms a 128³ of a core) | {cost:f1} | | |");
        }
    }

    private static Task<BlockSource> OpenAsync(string catalog, string query, params Transform[] transforms) =>
        BlockSource.OpenAsync(catalog, query, new BlockOptions { RandomCrop = true, Transforms = transforms });
}
