using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace EmPipeline.Build.Tests;

/// <summary>The libraries as others take them: packed, and restored into a program that has nothing else of this repository.</summary>
public sealed partial class PackagesTests
{
    private static readonly string[] Names = ["EmPipeline.Catalog", "EmPipeline.Storage", "EmPipeline.Torch", "EmPipeline.Volumes", "EmPipeline.Zarr"];

    [Fact]
    public async Task A_fresh_program_trains_a_step_with_the_packages_alone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64, "The program of this test takes libtorch for Linux on x64.");
        using var folder = new TemporaryFolder();
        var packed = await RunAsync(Repository.Root, "pack", Repository.File("src/Packages.slnf"), "-c", "Release", "-o", folder["packages"], "-nologo", "-v", "quiet");
        packed.Code.Should().Be(0, packed.Output);
        foreach (var name in Names)
            ShouldBeWhole(name, folder["packages"]);

        folder.Write("program/nuget.config", $"""<configuration><packageSources><add key="packed" value="{folder["packages"]}" /></packageSources></configuration>""");
        folder.Write("program/Program.cs", await File.ReadAllTextAsync(Repository.File("tests/data/packages/Program.cs"), TestContext.Current.CancellationToken));
        folder.Write("program/Fresh.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable>
                <RestorePackagesPath>{folder["restored"]}</RestorePackagesPath>
                <RestoreFallbackFolders>{Fallback()}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="EmPipeline.Torch" Version="{Version("Version", "build/msbuild/Common.props")}" />
                <PackageReference Include="libtorch-cpu-linux-x64" Version="{Version("libtorch-cpu-linux-x64", "build/msbuild/Packages.props")}" />
              </ItemGroup>
            </Project>
            """);
        var restored = await RunAsync(folder["program"], "restore", "-nologo", "-v", "quiet");
        Assert.SkipWhen(restored.Code != 0 && restored.Output.Contains("NU1301", StringComparison.Ordinal), $"The registry cannot be reached: {restored.Output}");
        restored.Code.Should().Be(0, restored.Output);
        var run = await RunAsync(folder["program"], "run", "-c", "Release", "--no-restore", "--", folder["data"]);
        run.Code.Should().Be(0, run.Output);
        run.Output.Should().Contain("one step");
    }

    /// <summary>The library with its documentation, a readme and symbols, and nothing else; of packages only those that it uses itself.</summary>
    private static void ShouldBeWhole(string name, string folder)
    {
        var version = Version("Version", "build/msbuild/Common.props");
        using var package = ZipFile.OpenRead(Path.Combine(folder, $"{name}.{version}.nupkg"));
        package.Entries.Select(entry => entry.FullName).Where(entry => !entry.StartsWith("_rels/", StringComparison.Ordinal) && !entry.StartsWith("package/", StringComparison.Ordinal))
            .Should().BeEquivalentTo([$"{name}.nuspec", "README.md", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml", "[Content_Types].xml"]);
        using var symbols = ZipFile.OpenRead(Path.Combine(folder, $"{name}.{version}.snupkg"));
        symbols.Entries.Should().Contain(entry => entry.FullName == $"lib/net10.0/{name}.pdb");
        using var text = new StreamReader(package.GetEntry($"{name}.nuspec")!.Open());
        var dependencies = Dependency().Matches(text.ReadToEnd()).Select(match => match.Groups[1].Value);
        var project = File.ReadAllText(Repository.File($"src/{name}/{name}.csproj"));
        dependencies.Should().OnlyContain(dependency => project.Contains($"\"{dependency}\"") || project.Contains($"/{dependency}.csproj")).And.NotContain(dependency => dependency.StartsWith("libtorch"));
    }

    private static string Version(string name, string file) =>
        Regex.Match(File.ReadAllText(Repository.File(file)), $"""<{name}>([^<]+)</{name}>|Include="{name}" Version="([^"]+)" """.TrimEnd()).Groups.Values.Skip(1).First(group => group.Success).Value;

    private static string Fallback() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set ? set : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static async Task<(int Code, string Output)> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment.Remove("NUGET_PACKAGES");
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    [GeneratedRegex("<dependency id=\"([^\"]+)\"")]
    private static partial Regex Dependency();
}
