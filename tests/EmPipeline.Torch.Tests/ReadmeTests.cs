namespace EmPipeline.Torch.Tests;

/// <summary>The README's training snippet, compiled as it stands there, on a data folder where it says.</summary>
public sealed class ReadmeTests(TestCatalog catalog)
{
    [Fact]
    public void The_training_snippet_runs()
    {
        using var folder = new TemporaryFolder();
        // As ./build.sh leaves it below the repository.
        Directory.CreateSymbolicLink(folder["data"], catalog.Root);
        var before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder.Path;
        try
        {
            ReadmeSnippet.Run();
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }
}
