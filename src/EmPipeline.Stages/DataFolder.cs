using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages;

/// <summary>
/// Where everything lies below the data folder (raw, zarr, catalog, state). A label, "DATASET/LABEL", has its files below those of its dataset,
/// but for the raw ones: a folder of slices must stay one.
/// </summary>
public sealed class DataFolder(string root)
{
    /// <summary>What the logs of runs are called: when they began.</summary>
    internal const string LogPattern = "????????T??????.???Z.jsonl";

    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>The folders that the pipeline writes, replaces and clears: no place for anybody else's files.</summary>
    public IReadOnlyList<string> Own => [Path.Combine(Root, "raw"), Path.Combine(Root, "zarr"), Path.Combine(Root, "state"), Catalog];

    public string Catalog => Path.Combine(Root, "catalog");

    /// <summary>The catalogue as a page.</summary>
    public string Report => Path.Combine(Catalog, "report.html");

    /// <summary>A log a run, of names such as <see cref="LogPattern"/>.</summary>
    public string Logs => Path.Combine(Root, "logs");

    /// <summary>The picture of the graph, as it was last asked for.</summary>
    public string Graph => Path.Combine(Logs, "graph.svg");

    public string CatalogLedger => Path.Combine(Root, "state", "catalog.ledger.json");

    /// <summary>The list of the catalogue's files.</summary>
    public string CatalogFileList => Path.Combine(Root, "state", "catalog.files.jsonl");

    public string CatalogInputs => Path.Combine(Root, "state", "catalog.inputs.json");

    /// <summary>What a publisher to an address keeps here: "id", who it is; "guard", held while it is at work; "record" (<see cref="EmPipeline.Storage.UploadRecord"/>).</summary>
    public string Publishing(string address, string what) => Path.Combine(Root, "state", $"publish.{CanonicalJson.Sha256(address)[..16]}.{what}");

    /// <summary>Held by whoever writes shards or reads them back (<see cref="EmPipeline.Storage.ExclusiveFile"/>): one dataset at a time.</summary>
    public string RechunkTurn => Path.Combine(Root, "state", "rechunk.guard");

    public string Raw(string dataset) => Path.Combine(Root, "raw", dataset.Replace("/", ".labels/", StringComparison.Ordinal));

    /// <summary>The OME-Zarr group of an image.</summary>
    public string Zarr(string dataset) => Path.Combine(Root, "zarr", dataset + ".zarr");

    public string State(string dataset) => Path.Combine(Root, "state", dataset.Replace("/", "/labels/", StringComparison.Ordinal));

    /// <summary>What the dataset is, and which configuration says so.</summary>
    public string DefinitionFile(string dataset) => Path.Combine(State(dataset), "dataset.json");

    /// <summary>The names of the datasets that have a state folder, in ordinal order.</summary>
    public IReadOnlyList<string> Datasets() => Folders(Path.Combine(Root, "state"));

    /// <summary>Those and, each after its dataset, the labels that have one.</summary>
    public IReadOnlyList<string> Units() =>
        Datasets().SelectMany(dataset => Folders(Path.Combine(State(dataset), "labels")).Select(label => $"{dataset}/{label}").Prepend(dataset)).ToList();

    public string LedgerFile(string dataset, Stage stage) => Path.Combine(State(dataset), $"{stage}.ledger.json");

    public string InputsFile(string dataset, Stage stage) => Path.Combine(State(dataset), $"{stage}.inputs.json");

    /// <summary>The list of the files that a stage's ledger answers for.</summary>
    public string FileList(string dataset, Stage stage) => Path.Combine(State(dataset), $"{stage}.files.jsonl");

    /// <summary>All that the raw files of a dataset and the registries state (<see cref="Ledgers.AttributeList"/>).</summary>
    public string AttributeList(string dataset) => Path.Combine(State(dataset), $"{Stage.ExtractMetadata}.attributes.jsonl");

    /// <summary>What is known of a dataset's shards (<see cref="EmPipeline.Zarr.V3.ShardTable"/>).</summary>
    public string ShardTable(string dataset) => Path.Combine(State(dataset), "Rechunk.shards");

    /// <summary>What Rechunk found of an image's sections, a line a section; none of a label.</summary>
    public string Sections(string dataset) => Path.Combine(State(dataset), "Rechunk.sections");

    /// <summary>What that was put together from, kept for a Rechunk that goes on.</summary>
    public string SectionTable(string dataset) => Path.Combine(State(dataset), "Rechunk.patches");

    /// <summary>What a label says of places (<see cref="EmPipeline.Zarr.LabelStatisticsFile"/>).</summary>
    public string LabelStatistics(string label) => Path.Combine(State(label), "Rechunk.labels");

    /// <summary>What a Rechunk that is divided hands to its tasks, and what they leave; gone when it is done.</summary>
    public string Portions(string dataset) => Path.Combine(State(dataset), "Rechunk.portions");

    /// <summary>The data folder of a file in <see cref="Portions"/>.</summary>
    internal static DataFolder OfPortion(string file, string dataset)
    {
        // ROOT/state/IMAGE/Rechunk.portions/FILE, or with labels/LABEL in between.
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        for (var up = dataset.Contains('/') ? 5 : 3; up > 0; up--)
            folder = Path.GetDirectoryName(folder)!;
        return new DataFolder(folder);
    }

    /// <summary>The place of a <see cref="Ledgers.LedgerFile"/>.</summary>
    public string Locate(LedgerFile file) => Path.Combine(Root, file.Path);

    /// <summary>A path below the data folder as a ledger writes it; others stay absolute.</summary>
    public string Relative(string path)
    {
        var relative = Path.GetRelativePath(Root, path);
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? path : relative.Replace(Path.DirectorySeparatorChar, '/');
    }

    private static List<string> Folders(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToList() : [];
}
