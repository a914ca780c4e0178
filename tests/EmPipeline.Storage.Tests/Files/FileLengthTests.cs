namespace EmPipeline.Storage.Tests.Files;

public sealed class FileLengthTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_of_any_length_and_name_have_theirs_and_nothing_else_has_one()
    {
        foreach (var name in new[] { "a", "µ und 漢字 \"x\"", new string('n', 200), Path.Combine(new string('f', 200), new string('é', 100), "x") })
        {
            var path = Path.Combine(_folder.Path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            FileLength.Of(path).Should().Be(-1);
            File.WriteAllBytes(path, []);
            FileLength.Of(path).Should().Be(0);
            using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
                RandomAccess.SetLength(file, 5L << 30);
            FileLength.Of(path).Should().Be(5L << 30);
        }

        FileLength.Of(_folder.Path).Should().Be(-1, "a folder is no file");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "link"), Path.Combine(_folder.Path, "a"));
        FileLength.Of(Path.Combine(_folder.Path, "link")).Should().Be(5L << 30);
    }
}
