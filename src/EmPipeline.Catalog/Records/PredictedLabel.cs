using System.Text.Json;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>
/// What a finished prediction says of a label that it wrote, for the next catalogue. It lies in the label's folder, written last: a label without it is
/// being predicted, or was never finished. Extents are z, y, x in the label's voxels. Immutable.
/// </summary>
public sealed record PredictedLabel
{
    public const string FileName = ".prediction.json";

    /// <summary>The label's table of shards, in the same folder.</summary>
    public const string ShardsName = ".shards";

    /// <summary>What the label says of its chunks and of its image's blocks, in the same folder.</summary>
    public const string StatisticsName = ".labels";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n" };

    /// <summary>Identifies the model.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 of the table of shards of the image that was predicted: of another one since, the label says nothing.</summary>
    public required string Image { get; init; }

    /// <summary>As Zarr names it.</summary>
    public required string Dtype { get; init; }

    /// <summary>Class by stored value, in decimal digits; the others are background.</summary>
    public required IReadOnlyDictionary<string, string> Classes { get; init; }

    /// <summary>The OME-Zarr folder of a class's probabilities by its stored value, relative to the image's group; values without one are left out.</summary>
    public IReadOnlyDictionary<string, string> Probabilities { get; init; } = new Dictionary<string, string>();

    public required IReadOnlyList<PredictedLevel> Levels { get; init; }

    /// <summary>SHA-256 of <see cref="ShardsName"/>.</summary>
    public required string Shards { get; init; }

    /// <summary>SHA-256 of <see cref="StatisticsName"/>.</summary>
    public required string Statistics { get; init; }

    /// <summary>Takes it back, before anything of the label changes.</summary>
    public static void Withdraw(string folder)
    {
        if (Directory.Exists(folder))
            File.Delete(Path.Combine(folder, FileName));
    }

    /// <summary>What lies in a label's folder; null when nothing does.</summary>
    /// <exception cref="EmException">The file is damaged.</exception>
    public static PredictedLabel? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return JsonSerializer.Deserialize<PredictedLabel>(File.ReadAllBytes(path), Json) is { } label && label.IsSound() ? label : throw Damaged(path, null);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException error)
        {
            throw Damaged(path, error);
        }
    }

    /// <summary>Writes it whole or not at all.</summary>
    public Task WriteAsync(string folder, CancellationToken cancellation) =>
        AtomicFile.WriteAsync(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, Json), cancellation: cancellation);

    private bool IsSound() =>
        VoxelTypes.Parse(Dtype ?? "") is not null && Classes is not null && Probabilities is not null && Levels is { Count: > 0 }
        && Levels.All(level => level is not null && new[] { level.Shape, level.Shard, level.Block, level.Chunk }.All(extent => extent is { Length: 3 }) && level is { VoxelSizeNm.Length: 3, CentreNm.Length: 3 });

    private static EmException Damaged(string path, Exception? cause) =>
        EmException.Corrupt(path, "got no description of a predicted label, expected one. Run Predict again: finished shards are kept.", cause);
}
