using System.Globalization;

namespace EmPipeline.Benchmarks;

/// <summary>What the command line says.</summary>
/// <param name="Filter">Part of the name of the sets to run; "" for all.</param>
/// <param name="Source">Part of the names of the sources to measure; "" for all.</param>
/// <param name="Python">An interpreter with the peers; null: none.</param>
/// <param name="Scratch">A folder in memory, so that processor work is compared and not a disk; removed again.</param>
/// <param name="Disk">A folder on a real disk, for sources and for what does not fit memory; removed again.</param>
/// <param name="Rounds">How often each run is timed; the median counts.</param>
/// <param name="Gibibytes">The sizes of the memory benchmark.</param>
/// <param name="Minutes">How long the benchmark of training's memory takes.</param>
internal sealed record Settings(string Filter, string Source, string? Python, string Scratch, string Disk, int Rounds, int[] Gibibytes, double Minutes, string? Save)
{
    /// <summary>Python's zarr-python 3 on a machine of this kind, where no interpreter has it.</summary>
    public const double ZarrPythonWrite = 40, ZarrPythonRandom = 16, MemmapRandom = 357;

    public static int Threads => Environment.ProcessorCount;

    public const string Help =
        """
        Bench: compares the product with its peers and with what the machine can do, on real EM content.

          --filter SET     sets whose name holds this; all of them take hours
          --source NAME    only rows of sources whose name holds this
          --rounds N       how often each run is timed (7)
          --python PATH    an interpreter that has the peers (tests/EmPipeline.Benchmarks/peers/make-python.sh makes one)
          --scratch DIR    outputs (in memory)      --disk DIR   sources (the temporary folder)
          --sizes 1,8,32   GiB, of rechunk-layouts  --minutes N  of training-memory (30)
          --save FILE      the tables as Markdown

        Sets:
        """;

    private static readonly string[] Names = ["--filter", "--source", "--python", "--scratch", "--disk", "--rounds", "--sizes", "--minutes", "--save"];

    /// <summary>What of the command line nobody understands, in words; null: nothing. <c>--help</c> stands alone.</summary>
    public static string? Wrong(string[] args)
    {
        if (args is ["--help"])
            return null;
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!Names.Contains(args[i]))
                return $"{args[i]}: got an unknown argument, expected one of {string.Join(", ", Names)}, or --help.";
            if (i + 1 == args.Length)
                return $"{args[i]}: got nothing after it, expected a value.";
        }

        return null;
    }

    public static Settings Parse(string[] args)
    {
        // What is given as "" is not given: the build passes every parameter on.
        var values = new Dictionary<string, string>();
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            if (args[i + 1].Length > 0)
                values[args[i]] = args[i + 1];
        }

        var memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        return new Settings(
            values.GetValueOrDefault("--filter", ""), values.GetValueOrDefault("--source", ""), values.GetValueOrDefault("--python"),
            Path.Combine(values.GetValueOrDefault("--scratch", memory), $"empipeline-bench-{Environment.ProcessId}"),
            Path.Combine(values.GetValueOrDefault("--disk", Path.GetTempPath()), $"empipeline-bench-{Environment.ProcessId}"),
            int.Parse(values.GetValueOrDefault("--rounds", "7"), CultureInfo.InvariantCulture),
            [.. values.GetValueOrDefault("--sizes", "1,8,32").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(size => int.Parse(size, CultureInfo.InvariantCulture))],
            double.Parse(values.GetValueOrDefault("--minutes", "30"), CultureInfo.InvariantCulture), values.GetValueOrDefault("--save"));
    }

    /// <summary>Whether a source's rows are wanted: <c>--source</c> names part of it.</summary>
    public bool WantsSource(string name) => name.Contains(Source, StringComparison.OrdinalIgnoreCase);

    public bool Wants(string set) => set.Contains(Filter, StringComparison.OrdinalIgnoreCase);
}
