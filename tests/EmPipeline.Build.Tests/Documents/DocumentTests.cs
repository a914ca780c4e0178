using System.Text.RegularExpressions;
using EmPipeline.CommandLine;

namespace EmPipeline.Build.Tests.Documents;

/// <summary>What the documents name is there: files, targets, parameters, types.</summary>
public sealed partial class DocumentTests
{
    // What a document may name although no source of this repository does.
    private static readonly string[] Elsewhere = ["DataLoader", "ImageDescription", "ZarrNET", "Nuke.Common", "Crc32ParameterSet"];

    public static IEnumerable<TheoryDataRow<string>> Names() => Document.All.Select(document => new TheoryDataRow<string>(document.Name));

    [Fact]
    public void Mentions_of_every_kind_are_found()
    {
        Of("README.md").Links.Should().NotBeEmpty();
        Of("README.md").Commands.Should().Contain(words => words.Length == 1 && words[0] == "Demo");
        var codes = Of("docs/architecture.md").Codes.ToList();
        codes.Should().Contain(code => RepositoryPath().IsMatch(code)).And.Contain(code => PascalCase().IsMatch(code));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_links_lead_somewhere(string name) =>
        Of(name).Links.Where(link => !File.Exists(link) && !Directory.Exists(link)).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_commands_are_such_as_build_sh_takes(string name)
    {
        foreach (var words in Of(name).Commands.Where(words => !words.Contains("TARGET") && !words.Contains("--help")))
            FluentActions.Invoking(() => Command.Parse(words)).Should().NotThrow($"{name} says ./build.sh {string.Join(' ', words)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_files_that_it_names_are_in_the_repository(string name) =>
        Of(name).Codes.Where(code => RepositoryPath().IsMatch(code) && !code.Contains("/X", StringComparison.Ordinal)).Select(code => code.TrimEnd('/'))
            .Where(path => !File.Exists(Repository.File(path)) && !Directory.Exists(Repository.File(path))).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Names))]
    public void The_types_and_members_that_it_names_are_in_the_source(string name) =>
        Of(name).Codes.Where(code => PascalCase().IsMatch(code)).SelectMany(code => code.Split('.')).Except(Elsewhere.SelectMany(word => word.Split('.')))
            .Where(word => !Source.Value.Contains(word)).Should().BeEmpty("every name in backticks is one of the source");

    [Fact]
    public void A_document_or_comment_cites_nothing_that_is_not_here()
    {
        var folders = new[] { "build", "docs", "src", "tests" };
        var cites = folders.SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*", SearchOption.AllDirectories))
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".md", StringComparison.Ordinal) || path.EndsWith(".proj", StringComparison.Ordinal))
            .Where(path => !path.EndsWith("DocumentTests.cs", StringComparison.Ordinal) && Citation().IsMatch(File.ReadAllText(path)));
        cites.Should().BeEmpty("the fact itself belongs there");
    }

    private static readonly Lazy<HashSet<string>> Source = new(() => new[] { "build", "src", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*", SearchOption.AllDirectories))
        .Where(path => Path.GetExtension(path) is ".cs" or ".proj" or ".props" or ".csproj" or ".json" or ".targets" && !path.Contains("node_modules", StringComparison.Ordinal))
        .SelectMany(path => Word().Matches(File.ReadAllText(path)).Select(match => match.Value)).ToHashSet(StringComparer.Ordinal));

    private static Document Of(string name) => new(Repository.File(name));

    [GeneratedRegex(@"^(build|docs|src|tests)/[\w./-]+$")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"^[A-Z][a-z0-9]+[A-Z]\w*(\.[A-Z]\w+)*$")]
    private static partial Regex PascalCase();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\bDESIGN(\.md)? ?(§|:)|\bREVIEW\.md|(?<!ACCESS_)DESIGN\.md")]
    private static partial Regex Citation();
}
