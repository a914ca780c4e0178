using System.Text;

namespace EmPipeline.CommandLine;

/// <summary>What --help prints, made from the tables of targets and parameters; 80 columns.</summary>
internal static class HelpText
{
    public const int Width = 80;

    private static readonly (string Arguments, string Does)[] Examples =
    [
        ("Demo", "all of it, without a network"),
        ("", "the whole graph"),
        ("Download --dataset idr-9846137", "one stage of one dataset"),
        ("--config mine.yaml --data /big/disk", "your own volumes"),
        ("Status", "what is up to date"),
        ("Add --source empiar:10311", "one more dataset of a registry"),
        ("Inspect --input scan.tif --digest", "what a reader makes of it"),
        ("Train --query \"dataset IN ('a', 'b')\"", "the blocks of two datasets"),
    ];

    public static string Make()
    {
        var text = new StringBuilder();
        text.AppendLine("EmPipeline: public 3D electron-microscopy volumes to Zarr shards, a catalogue");
        text.AppendLine("and training blocks.").AppendLine();
        text.AppendLine($"  {Command.Script} [TARGET] [--parameter value | --parameter=value | --flag ...]").AppendLine();
        text.AppendLine("Targets");
        foreach (var target in Target.All)
            Line(text, target.Name, 17, target.Help);
        text.AppendLine().AppendLine("Parameters");
        foreach (var parameter in Parameter.All)
            Line(text, $"{parameter.Option} {parameter.Value}", 22, For(parameter) + parameter.Help);
        Line(text, "--help, --version", 22, "print this or the version");
        text.AppendLine().AppendLine("Examples");
        foreach (var (arguments, does) in Examples)
            Line(text, $"{Command.Script} {arguments}", 50, does);
        text.AppendLine().AppendLine("A run does only what is out of date; one that was stopped goes on where it was.");
        text.AppendLine("Exit code: 0 done; 1 something failed and is named; 2 the command line is wrong.");
        return text.ToString();
    }

    private static string For(Parameter parameter) => parameter.Targets.Length is 1 or 2 ? string.Join(", ", parameter.Targets) + ": " : "";

    // A name and what it does; the latter wrapped beneath itself.
    private static void Line(StringBuilder text, string name, int column, string does)
    {
        var line = new StringBuilder($"  {name.TrimEnd()}".PadRight(column + 2));
        foreach (var word in does.Split(' '))
        {
            if (line.Length + word.Length > Width)
            {
                text.AppendLine(line.ToString().TrimEnd());
                line.Clear().Append(' ', column + 2);
            }

            line.Append(word).Append(' ');
        }

        text.AppendLine(line.ToString().TrimEnd());
    }
}
