namespace EmPipeline.Torch.Tests;

/// <summary>README's example, compiled as it stands, finds its catalogue where the Demo would have left it, below the working folder.</summary>
[Collection(nameof(ReadmeExampleTests))]
[CollectionDefinition(nameof(ReadmeExampleTests), DisableParallelization = true)]
public sealed class ReadmeExampleTests(TestCatalog catalog)
{
    [Fact]
    public void It_prints_batches()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["data"]);
        Directory.CreateSymbolicLink(folder["data/demo"], catalog.Root);
        var (before, console) = (Environment.CurrentDirectory, Console.Out);
        using var printed = new StringWriter();
        try
        {
            Environment.CurrentDirectory = folder.Path;
            Console.SetOut(printed);
            ReadmeExample.Run();
        }
        finally
        {
            Console.SetOut(console);
            Environment.CurrentDirectory = before;
        }

        printed.ToString().Should().Contain("[8x1x128x128x128], type = Float32");
    }
}
