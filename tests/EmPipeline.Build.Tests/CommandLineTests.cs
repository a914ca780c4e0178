using System.Text.Json;
using EmPipeline.CommandLine;

namespace EmPipeline.Build.Tests;

/// <summary>What build.sh makes of its arguments.</summary>
public sealed class CommandLineTests : IDisposable
{
    /// <summary>Everything that MSBuild, a shell, SQL or a pattern could read; DuckDB takes no question mark in the path of a database.</summary>
    private const string Odd = "o; d=1,a %41 $(X) 'q' \"dq\" *.d @(y) %(z) [b] & | < > ` ! # ~ é 日本 \\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_target_and_its_parameters_are_read()
    {
        var command = Command.Parse(["rechunk", "--dataset", "a+b", "--jobs", "02", "--update-lock", "--dataset=c", "--data", "x/../y/"]);
        command.Target.Name.Should().Be("Rechunk");
        command["dataset"].Should().Be("a+b+c");
        command["jobs"].Should().Be("2");
        command["update-lock"].Should().Be("true");
        command["data"].Should().Be(Path.Combine(Environment.CurrentDirectory, "y"), "a path is meant from where the user stands");
        Command.Parse([]).Target.Name.Should().Be("Catalog");
    }

    [Fact]
    public void A_flag_takes_no_value()
    {
        var command = Command.Parse(["--update-lock", "Download"]);
        (command.Target.Name, command["update-lock"]).Should().Be(("Download", "true"));
        Command.Parse(["--raw", "Clean", "--plain"])["raw"].Should().Be("true");
        Wrong("--update-lock=yes").Should().StartWith("--update-lock: got 'yes', expected nothing");
        Wrong("Clean", "--raw", "true").Should().Contain("got target 'true'").And.Contain("--raw before it is a flag and takes no value");
    }

    [Theory]
    [InlineData("Rechnuk", "got target 'Rechnuk', expected one of Catalog, Download,", "Did you mean Rechunk?")]
    [InlineData("Foo", "got target 'Foo', expected one of", "--help explains them")]
    [InlineData("Download Rechunk", "got two targets, Download and Rechunk, expected one", "got")]
    [InlineData("Download --datset a", "got --datset, expected one of --config,", "Did you mean --dataset?")]
    [InlineData("Download -dataset a", "got -dataset, expected one of", "Did you mean --dataset?")]
    [InlineData("Download --Mirror=x", "got --Mirror, expected one of", "got")]
    [InlineData("Download --steps 3", "got --steps for Download, expected only --config,", "--steps is for Train.")]
    [InlineData("Rechunk --jobs abc", "--jobs: got 'abc', expected a whole number of at least 1.", "got")]
    [InlineData("Rechunk --jobs 0", "--jobs: got '0', expected a whole number of at least 1.", "got")]
    [InlineData("Rechunk --jobs -1", "--jobs: got '-1', expected a whole number", "got")]
    [InlineData("Rechunk --jobs 99999999999", "--jobs: got '99999999999', expected", "got")]
    [InlineData("Train --steps 1.5", "--steps: got '1.5', expected a whole number", "got")]
    [InlineData("Train --steps", "--steps: got no value, expected a whole number", "got")]
    [InlineData("Status --data --plain", "--data: got no value, expected the path of a file or folder.", "got")]
    [InlineData("Train --query --x", "--query: got no value", "is written --query=--x")]
    [InlineData("Status --data=", "--data: got an empty value, expected the path", "got")]
    [InlineData("Status --data a --data b", "--data: got it twice, expected one value.", "got")]
    public void What_is_wrong_is_named_with_what_is_right(string arguments, string says, string andThat) =>
        Wrong(arguments.Split(' ')).Should().Contain(says).And.Contain(andThat);

    [Fact]
    public void Every_value_reaches_the_graph_as_it_is()
    {
        var properties = GraphRun.Properties(Command.Parse(["Train", $"--query={Odd}?\nx"]), Repository.Root).ToDictionary();
        properties["Query"].Should().Be($"{Odd}?\nx");
        GraphRun.Escape(properties["Query"]).Should().NotContainAny(";", ",", "\"", "'", " ", "$", "*", "\n", "@", "(", "\\").And.StartWith("o%3B%20d%3D1%2Ca%20%2541");
        properties.Should().ContainKeys("Filter", "Steps", "Mirror").And.NotContainKey("Output", "MSBuild keeps that name for itself");
    }

    [Fact]
    public void The_help_names_every_target_and_parameter_within_80_columns()
    {
        var help = HelpText.Make();
        foreach (var target in Target.All)
            help.Should().Contain($"\n  {target.Name} ");
        foreach (var parameter in Parameter.All)
            help.Should().Contain($"\n  {parameter.Option} ");
        help.Split('\n').Should().OnlyContain(line => line.TrimEnd().Length <= HelpText.Width);
    }

    [Fact]
    public async Task A_wrong_command_line_ends_with_2_before_anything_is_started()
    {
        var run = await Graph.BuildAsync(_folder[""], "Rechnuk", "--data", "d");
        (run.ExitCode, run.Output).Should().Be((2, run.Output));
        run.Output.Should().StartWith("build.sh: got target 'Rechnuk'").And.NotContain("MSB").And.NotContain("Building");
        Directory.Exists(_folder["d"]).Should().BeFalse();
    }

    [Fact]
    public async Task Help_and_version_are_answered()
    {
        (await Graph.BuildAsync(_folder[""], "Train", "--help")).Should().Be(new Graph.Result(0, HelpText.Make()));
        var version = await Graph.BuildAsync(_folder[""], "--version");
        version.ExitCode.Should().Be(0);
        version.Output.Should().MatchRegex(@"^EmPipeline \d+\.\d+\.\d+, \.NET SDK \d+");
    }

    [Fact]
    public async Task Inspect_writes_what_it_found_where_it_is_told_to()
    {
        File.Copy(Repository.File("tests/data/tiff/imagej_hyperstack.tif"), _folder["a,b;c.tif"]);
        var run = await Graph.BuildAsync(_folder[""], "Inspect", "--input", "a,b;c.tif", "--output", "found,.json", "--digest", "--plain");
        run.ExitCode.Should().Be(0, run.Output);
        using var found = JsonDocument.Parse(await File.ReadAllBytesAsync(_folder["found,.json"], TestContext.Current.CancellationToken));
        found.RootElement.ToString().Should().MatchRegex("\"sha256\": ?\"[0-9a-f]{64}\"");
    }

    [Fact]
    public async Task A_whole_run_comes_through_whatever_its_paths_are_made_of()
    {
        var folder = OperatingSystem.IsWindows() ? "o; d=1,a %41 $(X) 'q' @(y) [b]" : Odd;
        _folder.Write($"{folder}/p,;.yaml", "version: 1\ndatasets:\n  a: { source: { file: 'a,b;c.tif' } }\n");
        File.WriteAllBytes(_folder[$"{folder}/a,b;c.tif"], TiffVolume.Make(4, 40, 50));
        string[] run = ["Catalog", "--config", _folder[$"{folder}/p,;.yaml"], "--data", _folder[$"{folder}/da ta"]];
        var first = await Graph.RunAsync(run);
        first.ExitCode.Should().Be(0, first.Output);
        File.Exists(_folder[$"{folder}/da ta/catalog/catalog.duckdb"]).Should().BeTrue();
        (await Graph.RunAsync(run)).Output.Should().Contain("Everything is up to date");
    }

    [Fact]
    public void A_data_folder_with_a_lock_file_of_its_own_is_held_to_that()
    {
        string[] arguments = ["Verify", "--config", _folder["p.yaml"], "--data", _folder["data"]];
        Lock().Should().Be(_folder["pipeline.lock.json"]);
        _folder.Write("data/pipeline.lock.json", "{}");
        Lock().Should().Be(_folder["data/pipeline.lock.json"]);
        arguments = [.. arguments, "--lock", _folder["mine.json"]];
        Lock().Should().Be(_folder["mine.json"]);

        string Lock() => GraphRun.Properties(Command.Parse(arguments), Repository.Root).Single(property => property.Name == "Lock").Value;
    }

    private static string Wrong(params string[] arguments) => FluentActions.Invoking(() => Command.Parse(arguments)).Should().Throw<UsageException>().Which.Message;
}
