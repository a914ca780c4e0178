using System.Globalization;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Train.Segmentation;

/// <summary>The command line of --task segmentation.</summary>
internal sealed record SegmentationOptions
{
    public const string Usage =
        """
        EmPipeline.Train --task segmentation --catalog DIR [options]: trains a small 3D U-Net to find a class of the catalogue's labels.
          --catalog DIR        the catalogue's folder
          --label NAME         the label to learn (default mitochondria); all but its background counts
          --datasets A+B       datasets to learn from (default: all that have the label)
          --held-out A+B       datasets never to train on, to be predicted later
          --split NAME         the split whose parts 'train' and 'validation' are used (default: the first of the catalogue where both have the label;
                               without one it is validated on the datasets that are held out, or on the last blocks of each volume)
          --steps N            training steps in all (default 150)
          --batch N            patches in a step (default 2)
          --patch N            edge of the cubic patches (default 48)
          --seed N             seed of weights and patches (default 0)
          --checkpoint FILE    where the network is kept, and gone on from (default: models/NAME.checkpoint beside the catalogue's folder)
          --every N            steps between checkpoints (default 25)
        """;

    public string Catalog { get; init; } = "";

    public string Label { get; init; } = "mitochondria";

    public IReadOnlyList<string> Datasets { get; init; } = [];

    public IReadOnlyList<string> HeldOut { get; init; } = [];

    /// <summary>"": any.</summary>
    public string Split { get; init; } = "";

    public int Steps { get; init; } = 150;

    public int Batch { get; init; } = 2;

    public int Patch { get; init; } = 48;

    public int Seed { get; init; }

    public string Checkpoint { get => field.Length > 0 ? field : DefaultCheckpoint(Catalog, Label); init; } = "";

    public int Every { get; init; } = 25;

    public static string DefaultCheckpoint(string catalog, string label) => RemoteStores.IsRemote(catalog) ? Path.GetFullPath($"models/{label}.checkpoint") : Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(catalog)))!, "models", label + ".checkpoint");

    /// <exception cref="EmException">An option is unknown, lacks its value, or has a wrong one.</exception>
    public static SegmentationOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new SegmentationOptions();
        foreach (var (name, value) in Arguments.Pairs(arguments))
        {
            options = name switch
            {
                "--catalog" => options with { Catalog = value },
                "--label" => options with { Label = value },
                "--datasets" => options with { Datasets = value.Split('+') },
                "--held-out" => options with { HeldOut = value.Split('+') },
                "--split" => options with { Split = value },
                "--steps" => options with { Steps = Arguments.Number(name, value, 1) },
                "--batch" => options with { Batch = Arguments.Number(name, value, 1) },
                "--patch" => options with { Patch = Patched(name, value) },
                "--seed" => options with { Seed = Arguments.Number(name, value, 0) },
                "--checkpoint" => options with { Checkpoint = value },
                "--every" => options with { Every = Arguments.Number(name, value, 1) },
                _ => throw new EmException(Fault.Configuration, $"{name}: got an unknown option.\n{Usage}"),
            };
        }

        return options.Catalog.Length > 0 ? options : throw new EmException(Fault.Configuration, $"--catalog: got nothing, expected the catalogue's folder.\n{Usage}");
    }

    private static int Patched(string name, string value) =>
        Arguments.Number(name, value, 8) is var patch && patch % UNet3d.Multiple == 0
            ? patch
            : throw Arguments.Wrong(name, value, string.Create(CultureInfo.InvariantCulture, $"a multiple of {UNet3d.Multiple}"));
}
