using System.Text.RegularExpressions;
using EmPipeline.Catalog;
using EmPipeline.Stages.Configuration;

namespace EmPipeline.Build.Tests.Documents;

/// <summary>README.md, and what METADATA_SUMMARY.md says of origins, tried as they stand against the Demo; the C# is compiled and run by EmPipeline.Torch.Tests.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private static readonly Document Readme = new(Repository.File("README.md"));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Its_configuration_is_read()
    {
        var yaml = Readme.Blocks("yaml").Should().ContainSingle().Subject;
        var config = ConfigReader.Read(_folder.Write("pipeline.yaml", yaml));
        config.Dataset("my-stack").Source.Address.Should().Be(_folder["scans/section_*.tif"], "a source lies beside the configuration that names it");
    }

    [Fact]
    public async Task Demo_leaves_what_its_table_lists_the_example_query_finds_blocks_and_origins_are_as_documented()
    {
        var run = await Graph.RunAsync("Demo", "--data", _folder["demo"]);
        run.ExitCode.Should().Be(0, run.Output);
        var names = TableRow().Matches(Readme.Text).SelectMany(match => Code().Matches(match.Value)).Select(match => match.Groups[1].Value).ToList();
        names.Should().Contain("catalog/report.html").And.HaveCountGreaterThan(5);
        foreach (var name in names)
            Directory.EnumerateFileSystemEntries(_folder[$"demo/{Path.GetDirectoryName(name)}"], Path.GetFileName(name)).Should().NotBeEmpty(name);

        var catalog = new CatalogReader(_folder["demo/catalog"]);
        await CheckOriginsAsync(catalog);
        // As it was looked through: a change of it is a change of what is said of the five.
        HeldFile.Check("tests/data/demo/metadata.csv", (await File.ReadAllTextAsync(_folder["demo/catalog/metadata.csv"], TestContext.Current.CancellationToken)).ReplaceLineEndings("\n"));
        HeldFile.CheckPart("docs/METADATA_SUMMARY.md", "what the Demo's catalogue says", await MetadataSummary.RenderAsync(catalog));
        var query = SelectQuery().Match(Readme.Blocks("csharp").Single()).Groups[1].Value;
        query.Should().NotBeEmpty();
        (await catalog.SelectBlocksAsync(query, cancellation: TestContext.Current.CancellationToken)).Should().NotBeEmpty();
    }

    // Every cell of the table of fields and datasets names a part of an origin that the catalogue has for that field.
    private static async Task CheckOriginsAsync(CatalogReader catalog)
    {
        var origins = (await catalog.QueryAsync("SELECT dataset, field, string_agg(origin, '; ') AS origins FROM metadata GROUP BY ALL"))
            .ToDictionary(row => ((string)row["dataset"]!, (string)row["field"]!), row => (string)row["origins"]!);
        var table = new Document(Repository.File("docs/METADATA_SUMMARY.md")).Text.Split('\n').SkipWhile(line => !line.StartsWith("| field ", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1..^1].Select(cell => Code().Matches(cell).Select(match => match.Groups[1].Value).ToList()).ToList()).ToList();
        var datasets = table[0].Skip(1).Select(cell => cell.Single()).ToList();
        datasets.Should().HaveCount(5);
        foreach (var row in table.Skip(2))
        {
            foreach (var field in row[0])
            {
                for (var i = 0; i < datasets.Count; i++)
                {
                    var stated = origins.GetValueOrDefault((datasets[i], field));
                    (stated is null).Should().Be(row[i + 1].Count == 0, $"{field} of {datasets[i]} comes from {stated ?? "nowhere"}");
                    foreach (var part in row[i + 1])
                        stated.Should().Contain(part, $"{field} of {datasets[i]}");
                }
            }
        }
    }

    // The first column of the table of files.
    [GeneratedRegex(@"^\| `[^|]*\|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("\"(SELECT [^\"]*)\"")]
    private static partial Regex SelectQuery();
}
