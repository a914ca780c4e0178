using System.Net;
using System.Text.RegularExpressions;

namespace EmPipeline.Stages.Registries;

/// <summary>The page with which a web server lists a folder (Apache, nginx and others): its links to what lies directly in it.</summary>
internal static partial class FolderPage
{
    /// <summary>Names as they are on the disk there, folders with a slash at their end, in the page's order, each once.</summary>
    /// <param name="folder">The page's address, with a slash at its end.</param>
    public static IReadOnlyList<string> Names(string html, Uri folder)
    {
        var names = new List<string>();
        foreach (Match link in Link().Matches(html))
        {
            // Sorting links have a query, that to the folder above another path.
            if (!Uri.TryCreate(folder, WebUtility.HtmlDecode(link.Groups["to"].Value), out var to) || to.Query.Length > 0 || to.Authority != folder.Authority
                || !to.AbsolutePath.StartsWith(folder.AbsolutePath, StringComparison.Ordinal))
            {
                continue;
            }

            var name = to.AbsolutePath[folder.AbsolutePath.Length..];
            if (name.Length > 0 && !name.TrimEnd('/').Contains('/', StringComparison.Ordinal))
                names.Add(Uri.UnescapeDataString(name));
        }

        return names.Distinct(StringComparer.Ordinal).ToList();
    }

    [GeneratedRegex("""<a\b[^>]*?\bhref\s*=\s*("(?<to>[^"]*)"|'(?<to>[^']*)')""", RegexOptions.IgnoreCase)]
    private static partial Regex Link();
}
