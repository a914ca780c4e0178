using System.IO.Enumeration;
using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Registries;

/// <summary>
/// Files of an EMPIAR entry. The entry itself lists none; they lie below <c>world_availability/N/</c>, whose folders are web pages.
/// </summary>
internal static class EmpiarFiles
{
    private const int MostFolders = 1000;

    public static Uri Folder(string entry) => new($"https://ftp.ebi.ac.uk/empiar/world_availability/{entry}/");

    public static async Task<ResolvedSource> ResolveAsync(RegistryClient client, SourceConfig source, string place, CancellationToken cancellation)
    {
        var pattern = source.Part!;
        var files = await MatchAsync(client, Folder(source.Address), pattern, cancellation);
        return files.Count > 0
            ? new ResolvedSource(SourceKind.Http, files)
            : throw EmException.Unavailable($"{place}.files", $"got '{pattern}', which nothing in {Folder(source.Address).AbsoluteUri} matches, expected a pattern such as data/*.dm3. Look at that page in a browser.");
    }

    /// <summary>What lies in a folder: names, those of folders with a slash at their end.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(RegistryClient client, Uri folder, CancellationToken cancellation)
    {
        var kept = "folder-" + string.Join('_', folder.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(2)) + ".html";
        return FolderPage.Names(await client.AskTextAsync(kept, folder, cancellation), folder);
    }

    /// <summary>The addresses of all files below a folder that match a pattern, part by part; in ordinal order of their names.</summary>
    private static async Task<List<string>> MatchAsync(RegistryClient client, Uri root, string pattern, CancellationToken cancellation)
    {
        var parts = pattern.Split('/');
        var folders = new List<Uri> { root };
        foreach (var part in parts[..^1])
        {
            var next = new List<Uri>();
            foreach (var folder in folders)
            {
                var names = IsPattern(part) ? (await ListAsync(client, folder, cancellation)).Where(name => name.EndsWith('/') && Matches(part, name[..^1])) : [part + "/"];
                next.AddRange(names.Order(StringComparer.Ordinal).Select(name => Below(folder, name)));
            }

            if (next.Count > MostFolders)
                throw new EmException(Fault.Configuration, $"{root.AbsoluteUri}: got {next.Count} folders that match '{pattern}', expected at most {MostFolders}. Use a narrower pattern.");
            folders = next;
        }

        var files = new List<string>();
        foreach (var folder in folders)
        {
            // A page is asked for even where the name is known: that the file is there is known before anything is fetched.
            var names = (await ListAsync(client, folder, cancellation)).Where(name => !name.EndsWith('/') && Matches(parts[^1], name));
            files.AddRange(names.Order(StringComparer.Ordinal).Select(name => Below(folder, name).AbsoluteUri));
        }

        return files;
    }

    private static bool IsPattern(string part) => part.AsSpan().ContainsAny('*', '?');

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    private static Uri Below(Uri folder, string name) => new(folder.AbsoluteUri + Uri.EscapeDataString(name).Replace("%2F", "/", StringComparison.Ordinal));
}
