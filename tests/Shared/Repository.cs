namespace EmPipeline.Tests;

/// <summary>The files of this repository, found from where the tests run.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The full path of a file or folder by its path from the root.</summary>
    public static string File(string relative) => Path.Combine(Root, relative);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "EmPipeline.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("EmPipeline.sln above the tests");
    }
}
