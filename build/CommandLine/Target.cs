namespace EmPipeline.CommandLine;

/// <summary>A target of build/Pipeline.proj.</summary>
internal sealed record Target(string Name, string Help)
{
    public const string Default = "Catalog";

    /// <summary>The targets that run stages over datasets.</summary>
    public static readonly string[] Stages = ["Catalog", "Download", "Verify", "ExtractMetadata", "Rechunk", "Publish", "Demo"];

    /// <summary>All there are, in the order in which the help lists them.</summary>
    public static readonly Target[] All =
    [
        new("Catalog", "the whole graph: every stage of every dataset, then the catalogue (the default)"),
        new("Download", "fetch what each dataset needs into raw/, resumed and held to the lock file"),
        new("Verify", "read everything back: raw files, and every shard that was written"),
        new("ExtractMetadata", "... and read what files and registries state, with its provenance"),
        new("Rechunk", "... and write OME-Zarr shards with pyramid levels and block statistics"),
        new("Publish", "... and bring volumes and catalogue to a bucket or another folder (--to), to be trained from there"),
        new("Demo", "the same graph over small replicas of the sources, served on this machine"),
        new("Status", "say for each dataset and stage whether it is up to date and, if not, why"),
        new("Graph", "draw the graph: every stage, what it waits for, what is up to date, and why not; as text and as SVG"),
        new("Add", "show what a registry has (EMPIAR, IDR, OpenOrganelle, a Neuroglancer link), and add it to the configuration"),
        new("Inspect", "describe a file or folder that a reader knows: volumes, shapes, types, voxel sizes"),
        new("Train", "train a small 3D network on catalogue blocks: --task denoise (the default) or segmentation, which learns a label"),
        new("Predict", "find what Train --task segmentation has learned in a whole volume, and write it beside its image"),
        new("View", "look at volumes, labels, metadata and blocks in the browser, while the stages are at work too"),
        new("Bench", "measure against peers and physical limits"),
        new("Test", "build everything and run all tests"),
        new("Clean", "remove what the stages made; what was fetched stays unless --raw"),
    ];

    public static Target? Find(string name) => All.FirstOrDefault(target => target.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
