using System.Text.Json.Nodes;

namespace EmPipeline.Stages.Configuration;

/// <summary>What holds for splits beyond the schema. Each mistake is reported; none ends the check.</summary>
internal static class SplitRules
{
    private const string NameExpected = "a name of a-z, 0-9 and '_': queries name it";

    /// <summary>The splits of a document; null where there are none.</summary>
    public static JsonObject? Read(ConfigDocument document)
    {
        if (document.Root["splits"] is not JsonObject { Count: > 0 } splits)
            return null;
        foreach (var (name, keys) in splits)
        {
            if (!IsName(name))
                document.Report($"splits.{name}", $"'{name}'", NameExpected);
            foreach (var (part, _) in (keys as JsonObject)?["shares"] as JsonObject ?? [])
            {
                if (!IsName(part))
                    document.Report($"splits.{name}.shares.{part}", $"'{part}'", NameExpected);
            }
        }

        return splits;
    }

    private static bool IsName(string text) => text.Length > 0 && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');
}
