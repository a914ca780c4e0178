namespace EmPipeline.Catalog.Consolidation;

/// <summary>Licences by their SPDX identifiers.</summary>
public static class Licences
{
    /// <summary>The identifier of a Creative Commons licence however it is written (name, address); any other text as it is.</summary>
    public static string Normalise(string text)
    {
        text = text.Trim();
        var words = text.ToUpperInvariant()
            .Replace("CREATIVE COMMONS", "CC", StringComparison.Ordinal)
            .Replace("ATTRIBUTION", "BY", StringComparison.Ordinal)
            .Split([' ', '-', '/', ':', '(', ')', ','], StringSplitOptions.RemoveEmptyEntries);
        if (words.Contains("CC0") || (words.Contains("PUBLICDOMAIN") && words.Contains("ZERO")))
            return "CC0-1.0";
        var isCreativeCommons = words.Contains("CC") || words.Contains("CREATIVECOMMONS.ORG");
        var version = words.FirstOrDefault(word => word is "1.0" or "2.0" or "2.5" or "3.0" or "4.0");
        if (!isCreativeCommons || version is null || !words.Contains("BY"))
            return text;
        var parts = new List<string> { "CC", "BY" };
        parts.AddRange(new[] { "NC", "ND", "SA" }.Where(words.Contains));
        parts.Add(version);
        return string.Join('-', parts);
    }
}
