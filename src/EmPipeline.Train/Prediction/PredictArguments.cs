using EmPipeline.Train.Segmentation;
using EmPipeline.Volumes;

namespace EmPipeline.Train.Prediction;

/// <summary>The command line of --task predict.</summary>
internal sealed record PredictArguments
{
    public const string Usage =
        """
        EmPipeline.Train --task predict --catalog DIR --dataset NAME [options]: finds what a network was trained to find in a whole volume.
          --catalog DIR        the catalogue's folder
          --dataset NAME       the dataset; results lie beside its image: predictions/LABEL and labels/prediction/LABEL
          --level N            the pyramid level that is read (default 0)
          --label NAME         what the network finds (default mitochondria)
          --checkpoint FILE    the network (default: models/LABEL.checkpoint beside the catalogue's folder)
          --tile N             edge of the cubic tiles (default 96)
          --memory MIB         the most that sums and buffers may take (default 1024)
        """;

    public string Catalog { get; init; } = "";

    public string Dataset { get; init; } = "";

    public int Level { get; init; }

    public string Label { get; init; } = "mitochondria";

    public string Checkpoint { get => field.Length > 0 ? field : SegmentationOptions.DefaultCheckpoint(Catalog, Label); init; } = "";

    public int Tile { get; init; } = 96;

    public int MemoryMiB { get; init; } = 1024;

    /// <exception cref="EmException">An option is unknown, lacks its value, or has a wrong one.</exception>
    public static PredictArguments Parse(IReadOnlyList<string> arguments)
    {
        var options = new PredictArguments();
        foreach (var (name, value) in Arguments.Pairs(arguments))
        {
            options = name switch
            {
                "--catalog" => options with { Catalog = value },
                "--dataset" => options with { Dataset = value },
                "--level" => options with { Level = Arguments.Number(name, value, 0) },
                "--label" => options with { Label = value },
                "--checkpoint" => options with { Checkpoint = value },
                "--tile" => options with { Tile = Arguments.Number(name, value, 4 * UNet3d.Multiple) is var tile && tile % UNet3d.Multiple == 0 ? tile : throw Arguments.Wrong(name, value, $"a multiple of {UNet3d.Multiple}") },
                "--memory" => options with { MemoryMiB = Arguments.Number(name, value, 1) },
                _ => throw new EmException(Fault.Configuration, $"{name}: got an unknown option.\n{Usage}"),
            };
        }

        return options switch
        {
            { Catalog: "" } => throw new EmException(Fault.Configuration, $"--catalog: got nothing, expected the catalogue's folder.\n{Usage}"),
            { Dataset: "" } => throw new EmException(Fault.Configuration, $"--dataset: got nothing, expected the dataset to predict.\n{Usage}"),
            _ => options,
        };
    }
}
