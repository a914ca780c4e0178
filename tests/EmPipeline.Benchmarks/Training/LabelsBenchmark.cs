using EmPipeline.Stages;
using EmPipeline.Torch;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;
using static TorchSharp.torch;

namespace EmPipeline.Benchmarks.Training;

/// <summary>Image and labels together, random unaligned 128³, against the image alone; every voxel of some batches held against the labels that they were made of.</summary>
internal static class LabelsBenchmark
{
    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        TorchRuntime.EnsureLoadable();
        report.Heading($"Training, image and labels: samples/s of BlockLoader, random unaligned 128³ of {Volume.Edge}³ uint8 of FIB-25 and its neurons (uint16), batches of {LoaderRate.Batch}, page cache warm");
        foreach (var codec in ((string[])["zstd", "raw"]).Where(settings.WantsSource))
        {
            var data = await TrainingData.MakeAsync(settings, content, codec, TrainingData.Neurons);
            foreach (var values in (BlockValues[])[BlockValues.Normalised, BlockValues.Stored])
                await MeasureAsync(settings, data.Catalog, codec, values, report);
            if (codec == "zstd")
                Limit(settings, data, report);
            await CheckAsync(data.Catalog, codec, report);
        }
    }

    private static async Task MeasureAsync(Settings settings, string catalog, string codec, BlockValues values, Report report)
    {
        var options = new BlockOptions { Values = values, RandomCrop = true };
        await using var alone = await BlockSource.OpenAsync(catalog, "level = 0", options);
        await using var both = await BlockSource.OpenAsync(catalog, "level = 0", options with { Labels = [TrainingData.Neurons] });
        await using var narrow = await BlockSource.OpenAsync(catalog, "level = 0", options with { Labels = [TrainingData.Neurons], LabelType = ScalarType.Int32 });
        var rates = Rounds.Measure(settings.Rounds, round => LoaderRate.Of(alone, round), round => LoaderRate.Of(both, round), round => LoaderRate.Of(narrow, round));
        var name = $"{codec}, {(values == BlockValues.Stored ? "as stored" : "normalised")}";
        report.Row($"{name}, labels int64", $"{rates[1]:f0} of {rates[0]:f0}; {Report.Percent(rates.Ratio(1, 0))}", "≥ 60 %", rates.Ratio(1, 0) >= 0.6);
        report.Note($"| ({name}, labels int32) | {rates[2]:f0}; {Report.Percent(rates.Ratio(2, 0))} | | |");
    }

    // What the codecs alone come to, if labels cost nothing but their decoding.
    private static void Limit(Settings settings, DataFolder data, Report report)
    {
        using var image = new TouchedChunks(Path.Combine(data.Zarr(TrainingData.Dataset), "s0"), 1, ZstdCodec.Default);
        using var labels = new TouchedChunks(Path.Combine(data.Zarr(TrainingData.Dataset), "labels", "groundtruth", TrainingData.Neurons, "s0"), sizeof(ushort), BloscCodec.Default);
        var rates = Rounds.Measure(settings.Rounds, _ => image.Rate(), _ => labels.Rate(), _ => LabelTensors.Rate());
        var (codecs, all) = (1 / ((1 / rates[0]) + (1 / rates[1])), 1 / ((1 / rates[0]) + (1 / rates[1]) + (1 / rates[2])));
        report.Note($"| (zstd, the codecs alone on the chunks that are touched of both, against those of the image) | {codecs:f0} of {rates[0]:f0}; {Report.Percent(codecs / rates[0])} | | |");
        report.Note($"| (zstd, the same and the labels' tensors written from memory that is at hand, {rates[2]:f0}/s) | {all:f0} of {rates[0]:f0}; {Report.Percent(all / rates[0])} | | |");
    }

    private static async Task CheckAsync(string catalog, string codec, Report report)
    {
        var content = await LabelContent.LoadAsync();
        await using var source = await BlockSource.OpenAsync(catalog, "level = 0", new BlockOptions { RandomCrop = true, Labels = [TrainingData.Neurons] });
        var (wrong, looked) = (0L, 0L);
        LoaderRate.Each(source, 0, batch =>
        {
            var (labels, origins) = (batch.Labels!.data<long>().ToArray(), batch.Tensors["origin"].data<long>().ToArray());
            var (side, at) = (batch.Labels!.shape[^1], 0);
            for (var sample = 0; sample < batch.Indices.Count; sample++)
            {
                foreach (var voxel in new Box(new NdIndex(origins[3 * sample], origins[(3 * sample) + 1], origins[(3 * sample) + 2]), NdIndex.Filled(3, side)).CellsTouched(NdIndex.Filled(3, 1)))
                    wrong += labels[at++] == content.At(voxel[0], voxel[1], voxel[2]) ? 0 : 1;
            }

            looked += at;
        });
        report.Row($"{codec}: labels that are not those of the file", $"{wrong} of {looked:N0} voxels", "0", wrong == 0);
    }
}
