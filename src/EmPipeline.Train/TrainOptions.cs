using EmPipeline.Volumes;

namespace EmPipeline.Train;

/// <summary>The command line.</summary>
internal sealed record TrainOptions
{
    public const string Usage =
        """
        EmPipeline.Train --catalog DIR [options]: trains a small 3D denoising autoencoder on blocks of the catalogue.
          --catalog DIR        the catalogue's folder
          --query SQL          blocks to train on: SQL, or a condition on the view training_blocks (default: all of it)
          --steps N            training steps (default 40)
          --batch N            patches in a step (default 4)
          --patch N            edge of the cubic patch that is cut at random from a block (default 64)
          --workers N          threads that read blocks (default: one for each core)
          --seed N             seed of order, crops, noise and weights (default 0)
          --loader torch|own   TorchSharp's DataLoader over BlockDataset, or BlockLoader (default torch)
        """;

    public string Catalog { get; init; } = "";

    public string Query { get; init; } = "";

    public int Steps { get; init; } = 40;

    public int Batch { get; init; } = 4;

    public int Patch { get; init; } = 64;

    public int Workers { get; init; } = Environment.ProcessorCount;

    public int Seed { get; init; }

    public bool OwnLoader { get; init; }

    /// <exception cref="EmException">An option is unknown, lacks its value, or has a wrong one.</exception>
    public static TrainOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new TrainOptions();
        foreach (var (name, value) in Arguments.Pairs(arguments))
        {
            options = name switch
            {
                "--catalog" => options with { Catalog = value },
                "--query" => options with { Query = value },
                "--steps" => options with { Steps = Arguments.Number(name, value, 1) },
                "--batch" => options with { Batch = Arguments.Number(name, value, 1) },
                "--patch" => options with { Patch = Patched(value) },
                "--workers" => options with { Workers = Arguments.Number(name, value, 1) },
                "--seed" => options with { Seed = Arguments.Number(name, value, 0) },
                "--loader" => options with { OwnLoader = value switch { "own" => true, "torch" => false, _ => throw Arguments.Wrong(name, $"'{value}'", "torch or own") } },
                _ => throw new EmException(Fault.Configuration, $"{name}: got an unknown option.\n{Usage}"),
            };
        }

        return options.Catalog.Length > 0 ? options : throw new EmException(Fault.Configuration, $"--catalog: got nothing, expected the catalogue's folder.\n{Usage}");
    }

    // Two halvings on the way in, two doublings on the way out.
    private static int Patched(string value) => Arguments.Number("--patch", value, 8) is var patch && patch % 4 == 0 ? patch : throw Arguments.Wrong("--patch", value, "a multiple of 4");
}
