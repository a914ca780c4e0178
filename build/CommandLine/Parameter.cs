using System.Globalization;

namespace EmPipeline.CommandLine;

/// <summary>What a parameter's value is.</summary>
internal enum ParameterKind
{
    /// <summary>No value: it is given or not.</summary>
    Flag,

    /// <summary>A file or folder, meant from where the user stands.</summary>
    Path,

    /// <summary>A folder, as a path is meant, or an address.</summary>
    Place,

    /// <summary>A program: a path, or a name that is looked for on the PATH.</summary>
    Program,

    /// <summary>A whole number of at least 1.</summary>
    Number,

    /// <summary>Any text.</summary>
    Text,

    /// <summary>Names joined by +, or the parameter given several times.</summary>
    List,
}

/// <summary>One --parameter: everything that is known of it stands here, and nowhere else.</summary>
/// <param name="Name">As it is written, without the dashes.</param>
/// <param name="Value">What the help calls its value.</param>
/// <param name="Targets">The targets that take it; none: all of them.</param>
internal sealed record Parameter(string Name, ParameterKind Kind, string Value, string Help, params string[] Targets)
{
    /// <summary>All there are, in the order in which the help lists them.</summary>
    public static readonly Parameter[] All =
    [
        new("config", ParameterKind.Path, "FILE", "the configuration (default pipeline.yaml)", [.. Target.Stages.Except(["Demo"]), "Status", "Graph", "Add"]),
        new("dataset", ParameterKind.List, "NAME+NAME", "only these datasets; of a segmentation: those to learn from or to predict", [.. Target.Stages, "Status", "Graph", "Train", "Predict"]),
        new("data", ParameterKind.Path, "DIR", "where everything is kept (default data; Demo: data/demo)", [.. Target.Stages, "Status", "Graph", "Train", "Predict", "View", "Clean"]),
        new("lock", ParameterKind.Path, "FILE", "the lock file (default pipeline.lock.json: the data folder's, where it has one, as Demo's has; else beside the configuration)", [.. Target.Stages, "Status", "Graph"]),
        new("update-lock", ParameterKind.Flag, "", "accept objects that changed at their source since they were first fetched", Target.Stages),
        new("jobs", ParameterKind.Number, "N", "worker threads for Rechunk (default: all cores)", Target.Stages),
        new("executor", ParameterKind.Text, "NAME", "who makes shards: local (the default: this process), processes, or slurm; the configuration's key executor says more", Target.Stages),
        new("cancel", ParameterKind.Flag, "", "end the tasks that were handed to a scheduler", "Status"),
        new("source", ParameterKind.Text, "ENTRY", "what to add: empiar:10311, empiar:10311/data/*.dm3, idr:9846137, openorganelle:NAME/ARRAY, or a link", "Add") { Property = "AddSource" },
        new("name", ParameterKind.Text, "NAME", "what the dataset is called (default: as the entry)", "Add") { Property = "AddName" },
        new("dry-run", ParameterKind.Flag, "", "show it and write nothing", "Add"),
        new("to", ParameterKind.Place, "PLACE", "where to publish: s3://bucket/prefix, with credentials from the environment or a profile of AWS; or a folder", "Publish"),
        new("endpoint", ParameterKind.Text, "URL", "the S3 server, where that is not Amazon's (default: AWS_ENDPOINT_URL_S3 of the environment)", "Publish"),
        new("plan", ParameterKind.Flag, "", "only say what would be fetched or sent: objects, bytes, requests", "Download", "Publish"),
        new("from", ParameterKind.Place, "PLACE", "what was published, instead of --data: s3://bucket/prefix, an address, or a folder", "Train"),
        new("prune", ParameterKind.Flag, "", "also remove what was published before and is no longer wanted", "Publish"),
        new("input", ParameterKind.Path, "PATH", "the file or folder to describe", "Inspect"),
        new("output", ParameterKind.Path, "FILE", "where the JSON goes (default: the console), the picture (default: logs/graph.svg of the data folder), or a copy of the tables", "Inspect", "Graph", "Bench") { Property = "OutputFile" },
        new("digest", ParameterKind.Flag, "", "also decode all voxels and give their SHA-256", "Inspect"),
        new("query", ParameterKind.Text, "SQL", "the blocks to train on: a query of the catalogue, or a condition such as \"split_v1 = 'train'\"", "Train"),
        new("steps", ParameterKind.Number, "N", "optimiser steps in all (default 40; of a segmentation 150)", "Train"),
        new("task", ParameterKind.Text, "NAME", "denoise (the default) or segmentation", "Train") { Property = "TrainTask" },
        new("label", ParameterKind.Text, "NAME", "the label to learn or to find (default mitochondria)", "Train", "Predict"),
        new("held-out", ParameterKind.List, "NAME+NAME", "datasets that a segmentation never trains on, to be predicted later", "Train"),
        new("split", ParameterKind.Text, "NAME", "the split whose parts train and validation a segmentation uses", "Train"),
        new("checkpoint", ParameterKind.Path, "FILE", "the network that is trained on, or predicted with (default: models/LABEL.checkpoint of the data folder)", "Train", "Predict"),
        new("port", ParameterKind.Number, "N", "the port of the page (default 5151, or any that is free where that is taken)", "View"),
        new("host", ParameterKind.Text, "ADDRESS", "the address to listen on (default 127.0.0.1, this machine alone; 0.0.0.0: whoever reaches it may look)", "View") { Property = "ViewHost" },
        new("filter", ParameterKind.Text, "NAME", "only tests or benchmarks whose name contains this", "Test", "Bench"),
        new("python", ParameterKind.Program, "FILE", "the Python interpreter for peers written in Python", "Bench"),
        new("raw", ParameterKind.Flag, "", "remove what was fetched too", "Clean"),
        new("plain", ParameterKind.Flag, "", "plain lines instead of live bars"),
    ];

    public string Option => "--" + Name;

    /// <summary>The MSBuild property that carries it: update-lock is UpdateLock. MSBuild keeps a few names, such as Output, for itself.</summary>
    public string Property { get; init; } = string.Concat(Name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    public static Parameter? Find(string name) => All.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public bool IsTakenBy(Target target) => Targets.Length == 0 || Targets.Contains(target.Name);

    /// <summary>The value as the graph gets it.</summary>
    /// <exception cref="UsageException">It is not what the parameter's kind says.</exception>
    public string Read(string value) => (Kind, value) switch
    {
        (_, "") => throw new UsageException($"{Option}: got an empty value, expected {Expected}."),
        (ParameterKind.Path, _) => FullPath(value),
        (ParameterKind.Place, _) => value.Contains("://", StringComparison.Ordinal) ? value : FullPath(value),
        (ParameterKind.Program, _) => value.Contains('/') || value.Contains(Path.DirectorySeparatorChar) ? FullPath(value) : value,
        (ParameterKind.Number, _) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number.ToString(CultureInfo.InvariantCulture)
            : throw new UsageException($"{Option}: got '{value}', expected {Expected}."),
        _ => value,
    };

    public string Expected => Kind switch
    {
        ParameterKind.Number => "a whole number of at least 1",
        ParameterKind.Path => "the path of a file or folder",
        ParameterKind.Place => "a folder, or an address such as s3://bucket/prefix",
        ParameterKind.Program => "a program",
        ParameterKind.List => "names joined by +",
        _ => Value,
    };

    private static string FullPath(string value) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(value));
}
