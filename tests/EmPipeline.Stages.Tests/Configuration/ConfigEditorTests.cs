using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Configuration;

public sealed class ConfigEditorTests : IDisposable
{
    private static readonly string[] Lines = ["# New", "new:", "  source: { file: other }"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // '@' stands where the lines go.
    [Theory]
    [InlineData("version: 1\ndatasets:\n  a: { source: { file: f } }\n@")]
    [InlineData("version: 1\ndatasets:\n  a: { source: { file: f } }@")]
    [InlineData("version: 1\r\ndatasets:\r\n    # first\r\n    a:\r\n        source: { file: f }\r\n@")]
    [InlineData("version: 1\ndatasets:\n  a:\n    source: { file: f }\n    # what else is known\n@\n\n# How it is divided.\nsplits:\n  v1: { shares: { train: 1 } }\n")]
    [InlineData("# top\ndatasets:   # all\n  a: &one\n    source: { file: f }   # here\n  b: *one\n@\n# The version.\nversion: 1\n")]
    [InlineData("---\nversion: 1\ndatasets:\n  a:\n    source: { file: f }\n    title: |\n      two\n      # lines, no comment\n@...\n")]
    [InlineData("\ufeffversion: 1\ndatasets: # é µ\n  \"a\":\n    source: { file: f }\n@\n# the end\n")]
    [InlineData("version: 1\ndatasets:\n a: { source: { file: f } }\n@\n\n\n")]
    public async Task Lines_are_added_and_nothing_else_changes(string layout)
    {
        var file = _folder["pipeline.yaml"];
        var before = layout.Replace("@", "", StringComparison.Ordinal);
        File.WriteAllText(file, before);
        var bytes = File.ReadAllBytes(file);
        var config = ConfigReader.Read(file);
        await ConfigEditor.WriteAsync(config, ConfigEditor.WithDataset(config, "new", Lines), TestContext.Current.CancellationToken);

        var ending = layout.Contains('\r', StringComparison.Ordinal) ? "\r\n" : "\n";
        var indent = new string(' ', layout.Contains("    a:", StringComparison.Ordinal) ? 4 : layout.Contains("\n a:", StringComparison.Ordinal) ? 1 : 2);
        var added = string.Concat(((string[])["", .. Lines.Select(line => indent + line)]).Select(line => line + ending));
        var at = layout.IndexOf('@', StringComparison.Ordinal);
        var expected = at > 0 && layout[at - 1] != '\n' ? before + ending + added : before[..at] + added + before[at..];
        File.ReadAllText(file).Should().Be(expected.TrimStart('\ufeff'));
        File.ReadAllBytes(file).AsSpan(0, 3).SequenceEqual(bytes.AsSpan(0, 3)).Should().BeTrue("a byte order mark stays");
        ConfigReader.Read(file).Datasets.Select(dataset => dataset.Name).Should().Equal([.. config.Datasets.Select(dataset => dataset.Name), "new"]);
    }

    [Theory]
    [InlineData("{ version: 1, datasets: { a: { source: { file: f } } } }\n")]
    [InlineData("version: 1\ndatasets: { a: { source: { file: f } } }\n")]
    public void A_layout_without_lines_is_refused_with_the_lines_to_add(string text)
    {
        var config = ConfigReader.Read(_folder.Write("pipeline.yaml", text));
        FluentActions.Invoking(() => ConfigEditor.WithDataset(config, "new", Lines)).Should().Throw<EmException>().Which.Message
            .Should().Contain("datasets on one line").And.Contain("Nothing was written").And.EndWith("  new:\n    source: { file: other }");
    }

    [Fact]
    public async Task Lines_that_end_in_two_ways_keep_theirs()
    {
        var file = _folder.Write("pipeline.yaml", "version: 1\r\ndatasets:\n  a: { source: { file: f } }\r\n# the end\n");
        var config = ConfigReader.Read(file);
        await ConfigEditor.WriteAsync(config, ConfigEditor.WithDataset(config, "new", Lines), TestContext.Current.CancellationToken);
        File.ReadAllText(file).Should().StartWith("version: 1\r\ndatasets:\n  a: { source: { file: f } }\r\n").And.EndWith("\r\n# the end\n");
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_back_as_it_is_stays_as_it_is()
    {
        var file = _folder["pipeline.yaml"];
        // Latin-1 in a comment.
        byte[] bytes = [.. "version: 1\n# caf"u8, 0xE9, .. "\ndatasets:\n  a: { source: { file: f } }\n"u8];
        File.WriteAllBytes(file, bytes);
        var config = ConfigReader.Read(file);
        var add = () => ConfigEditor.WriteAsync(config, ConfigEditor.WithDataset(config, "new", Lines), TestContext.Current.CancellationToken);
        (await add.Should().ThrowAsync<EmException>()).Which.Message.Should().Contain("UTF-8").And.Contain("Nothing was written");
        File.ReadAllBytes(file).Should().Equal(bytes);
    }

    [Fact]
    public void Lines_that_make_it_wrong_are_refused()
    {
        var config = ConfigReader.Read(_folder.Write("pipeline.yaml", "version: 1\ndatasets:\n  a: { source: { file: f } }\n"));
        FluentActions.Invoking(() => ConfigEditor.WithDataset(config, "new", ["new:", "  source: { fil: other }"])).Should().Throw<EmException>().Which.Message.Should().Contain("unknown key");
    }

    [Fact]
    public async Task A_link_to_a_configuration_stays_one()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("links need a privilege there");
        _folder.Write("real.yaml", "version: 1\ndatasets:\n  a: { source: { file: f } }\n");
        File.CreateSymbolicLink(_folder["pipeline.yaml"], _folder["real.yaml"]);
        var config = ConfigReader.Read(_folder["pipeline.yaml"]);
        await ConfigEditor.WriteAsync(config, ConfigEditor.WithDataset(config, "new", Lines), TestContext.Current.CancellationToken);
        new FileInfo(_folder["pipeline.yaml"]).LinkTarget.Should().NotBeNull();
        File.ReadAllText(_folder["real.yaml"]).Should().Contain("  new:");
    }
}
