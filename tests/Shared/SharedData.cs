namespace EmPipeline.Tests;

/// <summary>
/// The repository's own fixtures, and files by other software that stand beside the repository (../shared) on some machines. Tests that use
/// the latter are skipped elsewhere; everything is also tested with the fixtures.
/// </summary>
public static class SharedData
{
    private static readonly string? Root = Find();

    /// <summary>The full path of a file or folder of tests/data.</summary>
    public static string Fixture(string relative) => Path.Combine(Repository.File("tests/data"), relative);

    /// <summary>The full path of a file or folder below ../shared; null where that is absent.</summary>
    public static string? Locate(string relative) =>
        Root is not null && Path.Combine(Root, relative) is var path && Path.Exists(path) ? path : null;

    /// <summary>The full path of a file or folder below ../shared; skips the test where that is absent.</summary>
    public static string Require(string relative)
    {
        var path = Locate(relative);
        if (path is null)
            Assert.Skip($"../shared/{relative} is not on this machine");
        return path;
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(Repository.Root).Parent; folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "shared")))
                return Path.Combine(folder.FullName, "shared");
        }

        return null;
    }
}
