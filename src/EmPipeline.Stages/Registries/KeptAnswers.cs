using System.Text.Json;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;

namespace EmPipeline.Stages.Registries;

/// <summary>
/// The folder <c>raw/DATASET.registry</c>: every answer of a registry as it came, and <c>asked.json</c>, which address each is of and when it was asked.
/// </summary>
internal static class KeptAnswers
{
    private const string List = "asked.json";

    public static string Folder(StageContext context) => context.Data.Raw(context.Dataset.Name) + ".registry";

    public static async Task KeepAsync(StageContext context, RegistryAnswer answer, CancellationToken cancellation)
    {
        var folder = Folder(context);
        Directory.CreateDirectory(folder);
        await AtomicFile.WriteAsync(Path.Combine(folder, answer.Name), answer.Content, cancellation: cancellation);
        var list = Path.Combine(folder, List);
        var asked = Read(list);
        asked[answer.Name] = new Asked(answer.Url, answer.Time);
        await TextFile.WriteIfChangedAsync(list, CanonicalJson.Text(asked), cancellation);
    }

    private static SortedDictionary<string, Asked> Read(string list)
    {
        try
        {
            return JsonSerializer.Deserialize<SortedDictionary<string, Asked>>(File.ReadAllText(list), CanonicalJson.Options) ?? [];
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return [];
        }
    }

    /// <param name="Time">When it answered, UTC.</param>
    private sealed record Asked(string Url, DateTimeOffset Time);
}
