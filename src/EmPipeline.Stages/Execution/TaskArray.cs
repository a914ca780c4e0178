using System.Globalization;

namespace EmPipeline.Stages.Execution;

/// <summary>Tasks that are handed over together.</summary>
/// <param name="Name">Like no other array's.</param>
/// <param name="Job">The file that says what the tasks are of; logs are in a folder beside it.</param>
/// <param name="Numbers">The tasks'.</param>
/// <param name="Cpus">Cores of a task.</param>
/// <param name="MemoryBytes">Of a task.</param>
/// <param name="AtOnce">Tasks that may run at once; null: any.</param>
public sealed record TaskArray(string Name, string Job, IReadOnlyList<int> Numbers, int Cpus, long MemoryBytes, int? AtOnce)
{
    /// <summary>Tasks whose logs are in one folder, and that a scheduler is given as one array: as many as every scheduler allows.</summary>
    public const int Together = 1000;

    /// <summary>The folder of the job's file.</summary>
    public string Folder => Path.GetDirectoryName(Job)!;

    /// <summary>The folder of what the tasks of a job say.</summary>
    public string Logs => Path.Combine(Folder, "logs");

    /// <summary>What a task said, attempts one behind the other.</summary>
    public string Log(int number) => Path.Combine(Logs, (number / Together).ToString("D4", CultureInfo.InvariantCulture), (number % Together).ToString("D3", CultureInfo.InvariantCulture) + ".log");
}
