
namespace EmPipeline.Explorer.Catalogue;

/// <summary>What can be laid over a plane: a dataset's image, or one of its labels, with all levels.</summary>
/// <param name="Name">"image", or "groundtruth/mitochondria".</param>
/// <param name="Kind">"image", "instances" or "classes".</param>
/// <param name="Levels">The finest first.</param>
/// <param name="Unknown">Of labels the values that nobody looked at.</param>
internal sealed record Layer(string Dataset, string Name, string Kind, IReadOnlyList<LayerLevel> Levels, IReadOnlySet<ulong> Unknown)
{
    public const string Image = "image";

    public bool IsLabel => Kind != Image;

    /// <summary>The Zarr group that holds the levels, relative to the data folder.</summary>
    public string Group => Levels[0].Path[..Math.Max(0, Levels[0].Path.LastIndexOf('/'))];
}
