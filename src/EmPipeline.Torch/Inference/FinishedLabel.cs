using System.Globalization;
using EmPipeline.Catalog;
using EmPipeline.Storage;
using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Torch.Inference;

/// <summary>Counts a label that was predicted, and leaves in its folder what the next catalogue says of it.</summary>
internal static class FinishedLabel
{
    /// <param name="folder">The label's OME-Zarr folder, all of it written.</param>
    /// <param name="probabilities">The path of each class's below the image's group; of those that were kept.</param>
    /// <exception cref="EmException">The label cannot be read back, or the disk refused.</exception>
    public static async Task WriteAsync(
        string folder, LabelDescription label, IReadOnlyList<LevelInfo> levels, CataloguedImage image, string model, IReadOnlyDictionary<string, string> probabilities, CancellationToken cancellation)
    {
        var (reader, store) = await OpenVolume.OpenZarrAsync(new StoredArray(Path.Combine(folder, levels[0].Path)), cancellation);
        await using var ownedStore = store;
        await using var ownedReader = reader;
        var (shards, statistics, finest) = (Path.Combine(folder, PredictedLabel.ShardsName), Path.Combine(folder, PredictedLabel.StatisticsName), levels[0].VoxelSize);
        await LabelStatistics.WriteAsync(
            reader, levels[0].Chunk, label.Scheme, VoxelGrid.Of(levels[0].Shape, finest, label.Centre), VoxelGrid.Of(image.Finest.Shape, image.Finest.VoxelSize, default),
            image.Finest.Block, statistics, cancellation: cancellation);
        using var table = ShardTable.Open(shards);
        double[] start = [label.Centre.Z, label.Centre.Y, label.Centre.X];
        var record = new PredictedLabel
        {
            Model = model,
            Image = image.Shards,
            Dtype = reader.Info.Type.Name(),
            Classes = label.Scheme.Classes.OrderBy(pair => pair.Key).ToDictionary(pair => pair.Key.ToString(CultureInfo.InvariantCulture), pair => pair.Value),
            Probabilities = label.Scheme.Classes.Where(pair => probabilities.ContainsKey(pair.Value)).OrderBy(pair => pair.Key).ToDictionary(pair => pair.Key.ToString(CultureInfo.InvariantCulture), pair => probabilities[pair.Value]),
            Levels = [.. levels.Select((level, i) => Level(level, table.StoredBytes(table.Levels[i])))],
            Shards = await FileHash.Sha256Async(shards, cancellation: cancellation),
            Statistics = await FileHash.Sha256Async(statistics, cancellation: cancellation),
        };
        await record.WriteAsync(folder, cancellation);

        PredictedLevel Level(LevelInfo level, long stored)
        {
            var size = Edges(level.VoxelSize);
            // A merged voxel's centre lies in the middle of those that it was merged from.
            double[] centre = [.. start.Zip(size.Zip(Edges(finest)), (place, edges) => place + ((edges.First - edges.Second) / 2))];
            return new PredictedLevel(level.Path, level.Shape.ToArray(), size, centre, level.Shard.ToArray(), level.Block.ToArray(), level.Chunk.ToArray(), table.Codec, stored);
        }

        static double[] Edges(VoxelSize size) => [size.Z!.Value, size.Y!.Value, size.X!.Value];
    }
}
