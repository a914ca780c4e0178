using System.Text.RegularExpressions;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Inference;

/// <summary>Refuses options that make no sense, before anything is read.</summary>
internal static partial class PredictChecks
{
    /// <exception cref="EmException">The first that is wrong.</exception>
    public static void Check(PredictOptions options)
    {
        RequireExtent(options.Tile, 1, "tile");
        RequireExtent(options.Halo, 0, "halo");
        RequireExtent(options.Overlap, 0, "overlap");
        RequireExtent(options.Shard, 1, "shard");
        RequireExtent(options.Chunk, 1, "chunk");
        for (var axis = 0; axis < 3; axis++)
        {
            Require(options.Core[axis] >= 1, $"halo: got {options.Halo} in tiles of {options.Tile}, expected less than half of them.");
            Require(options.Overlap[axis] < options.Core[axis], $"overlap: got {options.Overlap}, expected less than the tiles without their halo, {options.Core}.");
        }

        Require(options.BatchSize >= 1, $"batch size: got {options.BatchSize}, expected at least 1.");
        Require(
            options.Tile.ToArray().Aggregate((double)sizeof(float) * options.BatchSize * Math.Max(1, options.Channels.Count), (bytes, extent) => bytes * extent) <= int.MaxValue,
            $"tile: got {options.BatchSize} at once of {options.Tile} voxels and {options.Channels.Count} channels, expected less than 2 GiB of float32. Take a smaller tile or batch size.");
        Require(options.Sigma > 0, $"sigma: got {options.Sigma}, expected more than 0.");
        Require(options.Deviation is null or > 0 and < double.PositiveInfinity, $"deviation: got {options.Deviation}, expected more than 0.");
        Require(options.Mean is not { } mean || double.IsFinite(mean), $"mean: got {options.Mean}, expected a number.");
        Require(!double.IsNaN(options.Threshold), "threshold: got NaN, expected a number.");
        Require(options.ModelHash.Length > 0, "model hash: got nothing, expected what identifies the model, such as the SHA-256 of its weights.");
        Require(!options.Codec.IsAuto, "codec: got auto, expected raw or zstd: what is computed cannot be sampled beforehand.");
        Require(options.Channels.Count > 0, "channels: got none, expected a name for each of the model's.");
        foreach (var name in options.Channels.Append(options.Name))
            Require(NamePattern().IsMatch(name), $"channel: got '{name}', expected a name of a-z, 0-9, - and _.");
        Require(options.Channels.Distinct().Count() == options.Channels.Count, $"channels: got {string.Join(", ", options.Channels)}, expected different names.");
        Require(options.Labels != LabelRule.ArgMax || options.Channels.Count is > 1 and <= 256, $"labels: got ArgMax over {options.Channels.Count} channels, expected 2 to 256. Take Threshold.");
        Require(options.Labels != LabelRule.None || options.Probabilities != ProbabilityStorage.None, "labels, probabilities: got None twice, expected something to keep.");
    }

    private static void RequireExtent(NdIndex value, long least, string name) =>
        Require(value.Rank == 3 && NdIndex.Max(value, NdIndex.Filled(3, least)) == value, $"{name}: got {value}, expected three numbers z, y, x of at least {least}.");

    private static void Require(bool isRight, string message)
    {
        if (!isRight)
            throw new EmException(Fault.Configuration, message);
    }

    [GeneratedRegex("^[a-z0-9_-]+$")]
    private static partial Regex NamePattern();
}
