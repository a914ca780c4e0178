namespace EmPipeline.Torch.Tests;

/// <summary>A copy of the tests' data folder, to be damaged.</summary>
internal sealed class CopiedCatalog : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CopiedCatalog(TestCatalog catalog)
    {
        foreach (var path in Directory.EnumerateFiles(catalog.Root, "*", SearchOption.AllDirectories))
        {
            var copy = this[Path.GetRelativePath(catalog.Root, path)];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }

    public string Catalog => this["catalog"];

    /// <summary>The full path of something in the folder.</summary>
    public string this[string path] => _folder[path];

    public void Dispose() => _folder.Dispose();
}
