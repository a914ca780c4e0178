using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages;

/// <summary>
/// A dataset, or a label of one, as a configuration defines it: what says whether its stages are up to date. Its state folder remembers it, so that a data
/// folder knows the datasets of every configuration that works in it. Immutable.
/// </summary>
/// <param name="Configuration">The full path of the configuration file.</param>
/// <param name="LockFile">The full path of the lock file that its sources are held to.</param>
/// <param name="Keys">The dataset's keys, defaults merged in.</param>
public sealed record DatasetDefinition(string Name, string Configuration, string LockFile, JsonObject Keys)
{
    /// <summary>What its voxels mean; null for an image.</summary>
    public LabelConfig? Label => Name.Split('/') is [var image, var label] ? LabelConfig.Of(image, label, Keys) : null;

    public static DatasetDefinition Of(DatasetConfig dataset, string lockFile) =>
        new(dataset.Name, dataset.Configuration, Path.GetFullPath(lockFile), dataset.Raw);

    /// <summary>The definitions that a data folder remembers, by name in ordinal order, labels after their image.</summary>
    public static IReadOnlyList<DatasetDefinition> Remembered(DataFolder data) =>
        data.Units().Select(name => Recall(data, name)).OfType<DatasetDefinition>().ToList();

    /// <summary>What the state folder remembers of a dataset; null when it has none, or one that is damaged.</summary>
    public static DatasetDefinition? Recall(DataFolder data, string name)
    {
        try
        {
            // What a file leaves out is null here, whatever the types say.
            return JsonSerializer.Deserialize<DatasetDefinition>(File.ReadAllText(data.DefinitionFile(name)), CanonicalJson.Options) is { Name: not null, Configuration: not null, LockFile: not null, Keys: not null } whole
                ? whole : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Makes this the definition that the data folder remembers.</summary>
    public Task RememberAsync(DataFolder data, CancellationToken cancellation) =>
        TextFile.WriteIfChangedAsync(data.DefinitionFile(Name), CanonicalJson.Text(this), cancellation);

    /// <summary>Whether both lead to the same results.</summary>
    public bool MakesTheSameAs(DatasetDefinition other) =>
        Stage.All.All(stage => JsonNode.DeepEquals(StageInputs.FromKeys(stage, this), StageInputs.FromKeys(stage, other)));
}
