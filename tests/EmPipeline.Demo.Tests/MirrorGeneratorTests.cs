using EmPipeline.Demo.Mirroring;
using EmPipeline.Demo.Tests.Support;

namespace EmPipeline.Demo.Tests;

public sealed class MirrorGeneratorTests(Mirror mirror) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("empipeline-generate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_stamp_lists_every_file_with_its_size_and_digest()
    {
        var stamp = MirrorStamp.Read(mirror.Folder)!;
        var files = Directory.GetFiles(mirror.Folder, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(mirror.Folder, p).Replace('\\', '/'));
        stamp.Files.Keys.Append("mirror.json").Should().BeEquivalentTo(files);
        foreach (var (path, file) in stamp.Files)
            Digest.Of(File.ReadAllBytes(Path.Combine(mirror.Folder, path))).Should().Be(file.Sha256, path);
    }

    [Fact]
    public void A_mirror_that_is_there_is_left_alone() =>
        MirrorGenerator.Generate(mirror.Folder).Written.Should().BeFalse();

    [Fact]
    public void A_missing_file_or_an_old_version_brings_back_the_same_mirror_without_leftovers()
    {
        // A mirror of another version, with a file that this one does not have.
        Directory.CreateDirectory(Path.Combine(_folder, "http", "example.org"));
        File.WriteAllText(Path.Combine(_folder, "http", "example.org", "old"), "");
        new MirrorStamp(MirrorGenerator.Version - 1, []).Write(_folder);

        var (stamp, written) = MirrorGenerator.Generate(_folder);
        written.Should().BeTrue();
        stamp.Files.Should().Equal(mirror.Stamp.Files);
        Directory.Exists(Path.Combine(_folder, "http", "example.org")).Should().BeFalse();

        var lost = Path.Combine(_folder, stamp.Files.Keys.Last());
        File.Delete(lost);
        MirrorGenerator.Generate(_folder).Written.Should().BeTrue();
        Digest.Of(File.ReadAllBytes(lost)).Should().Be(stamp.Files.Values.Last().Sha256);
    }

    [Fact]
    public void A_stamp_that_cannot_be_read_is_none()
    {
        File.WriteAllText(Path.Combine(_folder, MirrorStamp.FileName), "{");
        MirrorStamp.Read(_folder).Should().BeNull();
        MirrorStamp.Read(Path.Combine(_folder, "absent")).Should().BeNull();
    }
}
