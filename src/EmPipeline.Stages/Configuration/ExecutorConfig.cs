using System.Globalization;
using System.Text.Json.Nodes;

namespace EmPipeline.Stages.Configuration;

/// <summary>Where the tasks of a stage that can be divided run, and how large they are.</summary>
public sealed record ExecutorConfig
{
    /// <summary>In this process.</summary>
    public const string Local = "local";

    /// <summary>Several processes of this machine.</summary>
    public const string Processes = "processes";

    /// <summary>Jobs of the cluster's scheduler.</summary>
    public const string Slurm = "slurm";

    /// <summary>All there are.</summary>
    public static IReadOnlyList<string> Kinds => [Local, Processes, Slurm];

    public string Kind { get; init; } = Local;

    /// <summary>Voxels of a task, in bytes at the finest level: about a minute of a core.</summary>
    public long TaskBytes { get; init; } = 8L << 30;

    /// <summary>Tasks there may be; a larger volume has larger ones.</summary>
    public int MostTasks { get; init; } = 10_000;

    /// <summary>Tasks that may run at once; null: as many as there is room for.</summary>
    public int? AtOnce { get; init; }

    /// <summary>How often a task that failed is tried again.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Cores of a task.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Memory of a task; null: what its dataset's configuration allows it, and half a GiB.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Slurm's partition, account, time limit and node constraint; null: the cluster's own.</summary>
    public string? Partition { get; init; }

    public string? Account { get; init; }

    public string? Time { get; init; }

    public string? Constraint { get; init; }

    /// <summary>Further options of sbatch, as they are.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <param name="node">"slurm", or { slurm: { … } }; null: local.</param>
    internal static ExecutorConfig Of(JsonNode? node)
    {
        var (kind, keys) = node is JsonObject { Count: 1 } map ? (map.First().Key, map.First().Value as JsonObject ?? []) : ((string?)node ?? Local, []);
        var usual = new ExecutorConfig();
        return new ExecutorConfig
        {
            Kind = kind,
            TaskBytes = Size(keys["taskSize"]) ?? usual.TaskBytes,
            MostTasks = (int?)keys["mostTasks"] ?? usual.MostTasks,
            AtOnce = (int?)keys["atOnce"],
            Retries = (int?)keys["retries"] ?? usual.Retries,
            Cpus = (int?)keys["cpus"] ?? usual.Cpus,
            MemoryBytes = Size(keys["memory"]),
            Partition = (string?)keys["partition"],
            Account = (string?)keys["account"],
            Time = keys["time"] is { } time ? time.ToString() : null,
            Constraint = (string?)keys["constraint"],
            Flags = [.. (keys["flags"] as JsonArray ?? []).Select(flag => (string)flag!)],
        };
    }

    /// <summary>Reads "4GiB", "512MiB" or "64KiB".</summary>
    private static long? Size(JsonNode? node) => (string?)node is not { } text ? null
        : long.Parse(text[..^3], CultureInfo.InvariantCulture) << (text[^3] switch { 'G' => 30, 'M' => 20, _ => 10 });
}
