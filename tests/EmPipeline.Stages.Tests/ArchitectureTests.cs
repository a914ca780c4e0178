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
        ["EmPipeline.Torch"] = ["EmPipeline.Zarr", "EmPipeline.Catalog"],
        ["EmPipeline.Train"] = ["EmPipeline.Torch"],
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

    [Fact]
    public void Package_versions_stand_in_one_place_and_are_exact()
    {
        foreach (var project in Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories).Where(path => !path.Contains("artifacts", StringComparison.Ordinal)))
            XDocument.Load(project).Descendants("PackageReference").Attributes("Version").Should().BeEmpty(project);
        XDocument.Load(Repository.File("build/msbuild/Packages.props")).Descendants("PackageVersion").Attributes("Version")
            .Should().OnlyContain(version => !version.Value.Contains('*') && !version.Value.Contains(','));
    }

    private static IEnumerable<string> Elements(string project, string name) =>
        XDocument.Load(project).Descendants(name).Select(element => (string?)element.Attribute("Include")).OfType<string>();
}
