namespace EmPipeline.Formats.Tests;

/// <summary>
/// Files by other software that stand beside the repository (../shared) on some machines. Tests that use them are skipped elsewhere;
/// everything is also tested with the fixtures in tests/data.
/// </summary>
public static class SharedData
{
    private static readonly string? Root = Find("shared");

    /// <summary>The repository's own fixtures.</summary>
    public static string Fixture(string relative) =>
        Path.Combine(Find(Path.Combine("tests", "data")) ?? throw new DirectoryNotFoundException("tests/data"), relative);

    /// <summary>A file of the repository by its path from the root.</summary>
    public static string RepositoryFile(string relative) => Path.Combine(Fixture("../.."), relative);

    /// <summary>The full path of a file or folder below ../shared; skips the test where that is absent.</summary>
    public static string Require(string relative)
    {
        var path = Root is null ? null : Path.Combine(Root, relative);
        if (path is null || !Path.Exists(path))
            Assert.Skip($"../shared/{relative} is not on this machine");
        return path;
    }

    internal static string? Find(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, relative);
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }
}
