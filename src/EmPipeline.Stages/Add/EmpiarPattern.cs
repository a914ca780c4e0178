using EmPipeline.Formats;
using EmPipeline.Stages.Registries;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Add;

/// <summary>Looks through an EMPIAR entry's folders for images, and proposes a pattern for those of one folder.</summary>
internal static class EmpiarPattern
{
    private const int MostFolders = 12;

    private static readonly HashSet<string> Images = [.. FormatRegistry.All.SelectMany(format => format.Description.Extensions)];

    /// <param name="first">The folder to begin with, such as "data".</param>
    /// <exception cref="EmException">There are no images, or the entry has no such folder.</exception>
    public static async Task<(string Pattern, IReadOnlyList<string> Others)> FindAsync(RegistryClient client, string entry, string first, CancellationToken cancellation)
    {
        var found = new List<(string Pattern, int Count)>();
        var waiting = new Queue<string>([first]);
        var looked = 0;
        for (; waiting.Count > 0 && looked < MostFolders && found.Count < 2; looked++)
        {
            var folder = waiting.Dequeue();
            var names = await EmpiarFiles.ListAsync(client, new Uri(EmpiarFiles.Folder(entry), string.Join('/', folder.Split('/').Select(Uri.EscapeDataString)) + "/"), cancellation);
            found.AddRange(names.Where(name => !name.EndsWith('/')).GroupBy(Path.GetExtension, StringComparer.OrdinalIgnoreCase).Where(group => Images.Contains(group.Key!.ToLowerInvariant()))
                .OrderByDescending(group => group.Count()).Select(group => ($"{folder}/{(group.Count() == 1 ? group.Single() : "*" + group.First()[^group.Key!.Length..])}", group.Count())));
            foreach (var name in names.Where(name => name.EndsWith('/')))
                waiting.Enqueue($"{folder}/{name[..^1]}");
        }

        if (found.Count == 0)
        {
            throw EmException.Unavailable(
                EmpiarFiles.Folder(entry).AbsoluteUri,
                $"got no images in {Counted.Of(looked, "folder")}, expected files such as {string.Join(", ", Images.Order(StringComparer.Ordinal).Take(8))}. Look at that page and name them: --source \"empiar:{entry}/data/…/*.tif\".");
        }

        var others = found.Skip(1).Select(other => $"there is also {other.Pattern} ({Counted.Of(other.Count, "file")})").ToList();
        if (waiting.Count > 0)
            others.Add($"there are {waiting.Count} more folders, such as {waiting.Peek()}; --source \"empiar:{entry}/{waiting.Peek()}/*.tif\" names their files");
        return (found[0].Pattern, others);
    }
}
