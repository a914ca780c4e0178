using System.Globalization;
using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Train.Segmentation;

/// <summary>
/// Which labelled blocks are trained on and which are validated on, as queries on the catalogue. The parts "train" and "validation" of one of its splits, where
/// both have labelled blocks; else whole datasets that are held out; else the last quarter of the blocks' layers along the longest axis. Immutable.
/// </summary>
/// <param name="Training">SQL, one for each dataset that has the label there; a block comes as often as there is room for patches in it.</param>
/// <param name="Validation">SQL, likewise, of all datasets; shares no voxel with what is trained on.</param>
/// <param name="By">Says how they are told apart.</param>
internal sealed record LabelledParts(IReadOnlyList<string> Training, string Validation, string By)
{
    private const string Train = "train";
    private const string Validate = "validation";

    /// <exception cref="EmException">No dataset has the label, one that is wanted has not, or nothing can be told apart to validate on.</exception>
    public static async Task<LabelledParts> FindAsync(CatalogReader catalog, SegmentationOptions options, CancellationToken cancellation)
    {
        var labelled = (await catalog.ReadLabelVolumesAsync(cancellation)).Where(volume => volume is { Level: 0, Origin: "groundtruth" } && volume.Label == options.Label).Select(volume => volume.Dataset).ToList();
        var volumes = (await catalog.ReadVolumesAsync(cancellation)).Where(volume => volume.Level == 0).ToList();
        if (options.HeldOut.FirstOrDefault(dataset => volumes.All(volume => volume.Dataset != dataset)) is { } unknown)
            throw new EmException(Fault.Configuration, $"--held-out: got {unknown}, expected a dataset of the catalogue: {string.Join(", ", volumes.Select(volume => volume.Dataset))}.");
        var lacking = options.Datasets.FirstOrDefault(dataset => !labelled.Contains(dataset));
        var chosen = labelled.Where(dataset => (options.Datasets.Count == 0 || options.Datasets.Contains(dataset)) && !options.HeldOut.Contains(dataset)).ToList();
        if (lacking is not null || chosen.Count == 0)
        {
            var there = labelled.Count == 0 ? "no dataset has it" : $"those that have it are {string.Join(", ", labelled)}";
            throw new EmException(Fault.Configuration, $"label {options.Label}: got {lacking ?? "no dataset to learn from"}, expected a dataset of the catalogue that has it; {there}.");
        }

        return await BySplitAsync(catalog, chosen, options, cancellation)
            ?? await ByDatasetAsync(catalog, chosen, [.. labelled.Where(options.HeldOut.Contains)], options, cancellation)
            ?? await ByLayersAsync(catalog, [.. volumes.Where(volume => chosen.Contains(volume.Dataset))], options, cancellation)
            ?? throw new EmException(
                Fault.Configuration,
                $"label {options.Label}: got nothing to validate on that is not trained on, in {string.Join(", ", chosen)}; expected parts 'train' and 'validation' of a split with labelled blocks, "
                + "a dataset that is held out (--held-out), or a volume of several blocks. Smaller cells of a split, or smaller blocks, do too.");
    }

    private static async Task<LabelledParts?> BySplitAsync(CatalogReader catalog, IReadOnlyList<string> datasets, SegmentationOptions options, CancellationToken cancellation)
    {
        var rows = await catalog.QueryAsync(
            $"""
            SELECT split FROM split_blocks JOIN ({Blocks(options, datasets, "")}) USING (dataset, level, z, y, x)
            WHERE {(options.Split.Length > 0 ? $"split = {Quote(options.Split)}" : "true")} AND part IN ('{Train}', '{Validate}')
            GROUP BY split HAVING count(DISTINCT part) = 2 ORDER BY split
            """,
            cancellation: cancellation);
        if (rows.Count == 0 && options.Split.Length > 0)
            throw new EmException(Fault.Configuration, $"--split: got {options.Split}, expected a split whose parts '{Train}' and '{Validate}' both have blocks with {options.Label}. The catalogue's tables splits and split_blocks list them.");
        if (rows.Count == 0)
            return null;
        var split = (string)rows[0]["split"]!;
        return new LabelledParts(await TrainingAsync(catalog, datasets, Part(Train), options, cancellation), Query(options, datasets, Part(Validate)), $"parts '{Train}' and '{Validate}' of split {split}");

        string Part(string part) => string.Create(CultureInfo.InvariantCulture, $"AND (dataset, level, z, y, x) IN (SELECT (dataset, level, z, y, x) FROM split_blocks WHERE split = {Quote(split)} AND part = '{part}')");
    }

    private static async Task<LabelledParts?> ByDatasetAsync(
        CatalogReader catalog, IReadOnlyList<string> training, IReadOnlyList<string> heldOut, SegmentationOptions options, CancellationToken cancellation) =>
        heldOut.Count == 0 ? null : new LabelledParts(await TrainingAsync(catalog, training, "", options, cancellation), Query(options, heldOut, ""), $"validated on {string.Join(", ", heldOut)}, held out");

    private static async Task<LabelledParts?> ByLayersAsync(CatalogReader catalog, IReadOnlyList<VolumeRecord> volumes, SegmentationOptions options, CancellationToken cancellation)
    {
        var (datasets, ends) = (volumes.Select(volume => volume.Dataset).ToList(), new List<string>());
        foreach (var volume in volumes)
        {
            var axis = Enumerable.Range(0, 3).MaxBy(axis => volume.Shape[axis]);
            var layers = (volume.Shape[axis] + volume.Block[axis] - 1) / volume.Block[axis];
            if (layers > 1)
                ends.Add(string.Create(CultureInfo.InvariantCulture, $"(dataset = {Quote(volume.Dataset)} AND {"zyx"[axis]} >= {(layers - Math.Max(1, layers / 4)) * volume.Block[axis]})"));
        }

        if (ends.Count == 0)
            return null;
        var end = string.Join(" OR ", ends);
        return new LabelledParts(await TrainingAsync(catalog, datasets, $"AND NOT ({end})", options, cancellation), Query(options, datasets, $"AND ({end})"), "the last blocks of each volume along its longest axis are validated on");
    }

    /// <summary>The datasets that have a voxel of the label in the part: each is trained on as much as the others, however large it is.</summary>
    private static async Task<IReadOnlyList<string>> TrainingAsync(CatalogReader catalog, IReadOnlyList<string> datasets, string condition, SegmentationOptions options, CancellationToken cancellation)
    {
        var rows = await catalog.QueryAsync(
            $"""
            SELECT dataset FROM label_blocks JOIN ({Blocks(options, datasets, condition)}) USING (dataset, z, y, x)
            WHERE origin = 'groundtruth' AND label = {Quote(options.Label)} AND voxels > 0 GROUP BY dataset ORDER BY dataset
            """,
            cancellation: cancellation);
        return rows.Count > 0
            ? [.. rows.Select(row => Query(options, [(string)row["dataset"]!], condition))]
            : throw new EmException(Fault.Configuration, $"label {options.Label}: got no voxel of it in what is trained on of {string.Join(", ", datasets)}, expected some. Choose other datasets, or another split.");
    }

    /// <summary>As many rows a block as patches would fill it.</summary>
    private static string Query(SegmentationOptions options, IReadOnlyList<string> datasets, string condition) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT * FROM ({Blocks(options, datasets, condition)}), unnest(range(ceil(valid_z * valid_y * valid_x / {(double)options.Patch * options.Patch * options.Patch})::BIGINT)) AS patches(patch)
        ORDER BY dataset, z, y, x, patch
        """);

    private static string Blocks(SegmentationOptions options, IReadOnlyList<string> datasets, string condition) =>
        $"""
        SELECT * FROM training_blocks
        WHERE dataset IN ({string.Join(", ", datasets.Select(Quote))}) AND (dataset, z, y, x) IN (
            SELECT (dataset, z, y, x) FROM label_blocks WHERE origin = 'groundtruth' AND label = {Quote(options.Label)} AND known > 0) {condition}
        """;

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
