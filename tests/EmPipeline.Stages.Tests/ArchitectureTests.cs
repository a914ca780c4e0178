using System.Xml.Linq;

namespace EmPipeline.Stages.Tests;

/// <summary>References go one way (docs/architecture.md): the project files are held to it.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["EmPipeline.Volumes"] = [],
        ["EmPipeline.Storage"] = [],
        ["EmPipeline.Zarr"] = ["EmPipeline.Storage", "EmPipeline.Volumes"],
        ["EmPipeline.Formats"] = ["EmPipeline.Storage", "EmPipeline.Volumes", "EmPipeline.Zarr"],
        ["EmPipeline.Catalog"] = ["EmPipeline.Storage", "EmPipeline.Volumes"],
        ["EmPipeline.Stages"] = ["EmPipeline.Zarr", "EmPipeline.Storage", "EmPipeline.Volumes", "EmPipeline.Formats", "EmPipeline.Catalog"],
        ["EmPipeline.Worker"] = ["EmPipeline.Stages"],
        ["EmPipeline.Torch"] = ["EmPipeline.Zarr", "EmPipeline.Catalog"],
        ["EmPipeline.Train"] = ["EmPipeline.Torch"],
        ["EmPipeline.Explorer"] = ["EmPipeline.Zarr", "EmPipeline.Catalog"],
        ["EmPipeline.Demo"] = ["EmPipeline.Volumes"],
    };

    public static IEnumerable<TheoryDataRow<string>> Projects() =>
        Directory.EnumerateFiles(Repository.File("src"), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => new TheoryDataRow<string>(path));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_lies_below_it(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        Allowed.Should().ContainKey(name, "docs/architecture.md and this test say where a new project stands");
        Elements(path, "ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Replace('\\', '/'))).Should().BeSubsetOf(Allowed[name]);
    }

    [Fact]
    public void The_centre_has_no_packages()
    {
        Elements(Repository.File("src/EmPipeline.Volumes/EmPipeline.Volumes.csproj"), "PackageReference").Should().BeEmpty();
    }

    /// <summary>A training program takes along what reads Zarr and the catalogue, nothing of other formats.</summary>
    [Theory]
    [InlineData("SharpCompress")]
    [InlineData("PureHDF")]
    [InlineData("BitMiracle.LibTiff.NET")]
    [InlineData("YamlDotNet")]
    public void Training_comes_without_what_only_other_formats_need(string package) =>
        File.ReadAllText(Repository.File("src/EmPipeline.Torch/packages.lock.json")).Should().NotContain($"\"{package}\"");

    [Fact]
    public void Package_versions_stand_in_one_place_and_are_exact()
    {
        foreach (var project in Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories).Where(path => !path.Contains("artifacts", StringComparison.Ordinal)))
            XDocument.Load(project).Descendants("PackageReference").Attributes("Version").Should().BeEmpty(project);
        XDocument.Load(Repository.File("build/msbuild/Packages.props")).Descendants("PackageVersion").Attributes("Version")
            .Should().OnlyContain(version => !version.Value.Contains('*') && !version.Value.Contains(','));
    }

    /// <summary>A library's own namespace and the parts of it know each other; its parts stand above and below one another.</summary>
    [Theory]
    [MemberData(nameof(Projects))]
    public void The_namespaces_of_a_project_know_each_other_one_way(string path)
    {
        var root = Path.GetFileNameWithoutExtension(path);
        var knows = new Dictionary<string, HashSet<string>>();
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, "*.cs", SearchOption.AllDirectories))
        {
            var lines = File.ReadAllLines(file);
            if (lines.FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal)) is not { } declared || declared == $"namespace {root};")
                continue;
            var name = declared["namespace ".Length..].TrimEnd(';');
            knows.TryAdd(name, []);
            knows[name].UnionWith(lines.Where(line => line.StartsWith($"using {root}.", StringComparison.Ordinal)).Select(line => line["using ".Length..].TrimEnd(';')));
        }

        foreach (var name in knows.Keys)
            Below(name).Should().NotContain(name, "{0} knows {1}", name, string.Join(", ", knows[name]));

        HashSet<string> Below(string name)
        {
            var (seen, left) = (new HashSet<string>(), new Stack<string>(knows[name]));
            while (left.TryPop(out var next))
            {
                if (seen.Add(next))
                    knows.GetValueOrDefault(next, []).ToList().ForEach(left.Push);
            }

            return seen;
        }
    }

    private static IEnumerable<string> Elements(string project, string name) =>
        XDocument.Load(project).Descendants(name).Select(element => (string?)element.Attribute("Include")).OfType<string>();
}
