using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Registries;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Add;

/// <summary>Adds a dataset of a registry to a configuration, after looking at what the registry has.</summary>
public static class AddDataset
{
    /// <param name="configuration">The file, which keeps its comments and everything else as it is.</param>
    /// <param name="source">As a person names it: "empiar:10311", a link.</param>
    /// <param name="name">What the dataset is called; null: as the entry.</param>
    /// <param name="dryRun">Nothing is written.</param>
    /// <param name="say">Is given each line for a person as it is known.</param>
    /// <exception cref="EmException">The registry does not answer or has no such entry, or there is a dataset of this name; nothing was written.</exception>
    public static async Task RunAsync(
        string configuration, string source, string? name, bool dryRun, Action<string> say, Func<MirrorMap>? mirror = null, CancellationToken cancellation = default)
    {
        var entry = EntryName.Parse(source);
        var config = ConfigReader.Read(configuration);
        // Before anybody is asked: what is asked for again is there.
        if (name is not null)
            RequireNew(config, name);
        await using var client = new RegistryClient(mirror);
        Finding finding;
        try
        {
            finding = await new SourceFinder(client).FindAsync(entry, cancellation);
        }
        catch (EmException e) when (e.Fault == Fault.Source)
        {
            throw new EmException(e.Fault, $"{e.Message} Nothing was written.", e);
        }

        name ??= finding.Name;
        say(source);
        foreach (var fact in FindingText.Facts(finding))
            say(fact);
        RequireNew(config, name);
        var lines = FindingText.Lines(finding, name);
        var edited = ConfigEditor.WithDataset(config, name, lines);
        say("");
        say(dryRun ? $"{config.Path} would get (--dry-run: nothing was written)" : $"{config.Path} has now");
        foreach (var line in lines)
            say("  " + line);
        if (dryRun)
            return;
        await ConfigEditor.WriteAsync(config, edited, cancellation);
        say("");
        say($"./build.sh --dataset {name} fetches it and makes it part of the catalogue.");
    }

    private static void RequireNew(PipelineConfig config, string name)
    {
        if (config.Datasets.FirstOrDefault(dataset => dataset.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } there)
            throw new EmException(Fault.Configuration, $"{config.Path}: got a dataset {there.Name} already, from {there.Source.Name}, expected a new name. Give another with --name NAME. Nothing was written.");
    }
}
