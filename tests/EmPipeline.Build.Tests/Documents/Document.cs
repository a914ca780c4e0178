using System.Text.RegularExpressions;

namespace EmPipeline.Build.Tests.Documents;

/// <summary>A Markdown file of this repository, taken apart.</summary>
internal sealed partial class Document(string path)
{
    /// <summary>README.md and everything in docs.</summary>
    public static IEnumerable<Document> All => Directory.EnumerateFiles(Repository.File("docs"), "*.md", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Prepend(Repository.File("README.md")).Select(path => new Document(path));

    public string Name { get; } = Path.GetRelativePath(Repository.Root, path);

    public string Text { get; } = File.ReadAllText(path);

    /// <summary>Where its links point that are no addresses, as full paths.</summary>
    public IEnumerable<string> Links => Link().Matches(Text).Select(match => match.Groups[1].Value.Split('#')[0])
        .Where(link => link.Length > 0 && !link.Contains("://", StringComparison.Ordinal)).Select(link => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, link)));

    /// <summary>What stands between backticks in running text.</summary>
    public IEnumerable<string> Codes => Code().Matches(Block().Replace(Text, "")).Select(match => match.Groups[1].Value);

    /// <summary>The fenced blocks of a language; "" for those without.</summary>
    public IEnumerable<string> Blocks(string language) => Block().Matches(Text).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value);

    /// <summary>The command lines of blocks and of running text that start build.sh, without their comments, as lists of words.</summary>
    public IEnumerable<string[]> Commands => Blocks("").SelectMany(block => block.Split('\n')).Concat(Codes)
        .Where(line => line.StartsWith("./build.sh", StringComparison.Ordinal))
        .Select(line => Word().Matches(Comment().Replace(line, "")).Select(match => match.Value.Trim('"')).Skip(1).ToArray());

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\s+# .*$")]
    private static partial Regex Comment();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();
}
