namespace EmPipeline.Benchmarks;

/// <summary>The repository's build.sh, which a user starts everything with.</summary>
internal static class BuildScript
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var script = System.IO.Path.Combine(folder.FullName, "build.sh");
            if (File.Exists(script))
                return script;
        }

        throw new FileNotFoundException($"{AppContext.BaseDirectory}: got no build.sh in a folder above, expected the repository's.");
    }
}
