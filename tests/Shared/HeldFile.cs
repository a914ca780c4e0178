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

    /// <summary>A part of a file, between the lines <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- end of name --&gt;</c>, whose other lines are somebody's own.</summary>
    public static void CheckPart(string path, string name, string expected)
    {
        var whole = File.ReadAllText(Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n");
        var (start, end) = ($"<!-- {name} -->\n", $"<!-- end of {name} -->\n");
        var (from, to) = (whole.IndexOf(start, StringComparison.Ordinal) + start.Length, whole.IndexOf(end, StringComparison.Ordinal));
        if (from < start.Length || to < from)
            Assert.Fail($"{path}: got no part between '{start.Trim()}' and '{end.Trim()}', expected one.");
        Check(path, whole[..from] + expected + whole[to..]);
    }
}
