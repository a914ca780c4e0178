namespace EmPipeline.Stages.Tests;

/// <summary>What a data folder remembers of a dataset's definition, when the file is not what was written.</summary>
public sealed class DatasetDefinitionTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"name\": \"a\", \"configuration\": \"/c.yaml\", \"lockFile\": \"/l.json\"}")]
    [InlineData("{\"name\": \"a\", \"configuration\": null, \"lockFile\": \"/l.json\", \"keys\": {}}")]
    [InlineData("{\"name\": \"a\"")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_damaged_definition_is_as_none(string text)
    {
        using var folder = new TemporaryFolder();
        var data = new DataFolder(folder.Path);
        Directory.CreateDirectory(data.State("a"));
        await File.WriteAllTextAsync(data.DefinitionFile("a"), text, TestContext.Current.CancellationToken);
        DatasetDefinition.Recall(data, "a").Should().BeNull();
        DatasetDefinition.Remembered(data).Should().BeEmpty();
    }
}
