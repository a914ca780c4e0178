using System.Globalization;
using EmPipeline.Volumes;

namespace EmPipeline.Demo;

/// <summary>The command line.</summary>
/// <param name="Command">"generate" or "serve".</param>
/// <param name="Folder">The mirror's folder.</param>
/// <param name="Parent">The process that the server must not outlive.</param>
internal sealed record Arguments(string Command, string Folder, int? Parent)
{
    public const string Usage = """
        EmPipeline.Demo generate --folder DIR                 write the mirror of the five sources unless it is there
        EmPipeline.Demo serve    --folder DIR [--parent PID]  serve it over HTTP and S3 on loopback until stdin closes or PID ends
        """;

    /// <exception cref="EmException">Names the argument that is wrong.</exception>
    public static Arguments Parse(IReadOnlyList<string> args)
    {
        if (args.Count == 0 || args[0] is not ("generate" or "serve"))
            throw Wrong($"command: got {(args.Count == 0 ? "nothing" : $"'{args[0]}'")}, expected 'generate' or 'serve'.");
        string? folder = null;
        int? parent = null;
        for (var i = 1; i < args.Count; i += 2)
        {
            var value = i + 1 < args.Count ? args[i + 1] : throw Wrong($"{args[i]}: got no value.");
            switch (args[i])
            {
                case "--folder":
                    folder = value;
                    break;
                case "--parent" when args[0] == "serve":
                    parent = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                        ? id
                        : throw Wrong($"--parent: got '{value}', expected a process id.");
                    break;
                default:
                    throw Wrong($"{args[i]}: not a parameter of '{args[0]}'.");
            }
        }

        return new Arguments(args[0], folder ?? throw Wrong("--folder: got nothing, expected the mirror's folder."), parent);
    }

    private static EmException Wrong(string problem) => new(Fault.Configuration, problem + "\n" + Usage);
}
