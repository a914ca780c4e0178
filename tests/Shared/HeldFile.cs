using Xunit;

namespace EmPipeline.Tests;

/// <summary>A file of the repository that follows from the code: held to it, and written anew when the environment variable UPDATE_HELD_FILES is 1.</summary>
internal static class HeldFile
{
    /// <param name="path">Below the repository, '/' between parts.</param>
    /// <param name="expected">The whole file, lines ended by "\n".</param>
    public static void Check(string path, string expected)
    {
        var file = Path.Combine(Repository.Root, path);
        if (Environment.GetEnvironmentVariable("UPDATE_HELD_FILES") == "1")
            File.WriteAllText(file, expected);
        var found = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (found == expected)
            return;
        var (old, wanted) = (found.Split('\n'), expected.Split('\n'));
        var difference = old.Except(wanted).Select(line => $"- {line}").Concat(wanted.Except(old).Select(line => $"+ {line}"));
        Assert.Fail($"{path}: got other lines than follow from the code. If that is meant, run this test with UPDATE_HELD_FILES=1.\n{string.Join('\n', difference)}");
    }
}
