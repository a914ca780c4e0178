namespace EmPipeline.Formats.Tests;

/// <summary>Damaged TIFF, DM, MRC, PNG and JPEG files, alone and compressed: voxels or an error that is promised, in bounded time and memory.</summary>
public sealed class HostileInputTests
{
    private const int MutationsAFile = 240;

    /// <summary>Larger files take longer and hold no other kinds of header.</summary>
    private const int LargestFile = 40 << 10;

    private static readonly string[] Folders = ["tiff", "imagestack", "imagestack/jpeg", "mrc"];

    private static readonly HashSet<string> Extensions = [".tif", ".tiff", ".png", ".jpg", ".mrc", ".map", ".gz", ".bz2", ".dm3", ".dm4"];

    public static IEnumerable<TheoryDataRow<string>> Files() =>
        Folders.Select(SharedData.Fixture).Where(Directory.Exists).SelectMany(Directory.EnumerateFiles)
            .Where(path => Extensions.Contains(Path.GetExtension(path)) && new FileInfo(path).Length <= LargestFile)
            .Select(path => Path.GetRelativePath(SharedData.Fixture(""), path)).Order(StringComparer.Ordinal)
            .Select(name => new TheoryDataRow<string>(name) { TestDisplayName = $"Damaged {name}" });

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_damaged_file_gives_voxels_or_an_error_of_ours(string name)
    {
        var file = await File.ReadAllBytesAsync(SharedData.Fixture(name), TestContext.Current.CancellationToken);
        foreach (var mutation in HostileInput.Mutations(file, seed: 1, MutationsAFile))
            await HostileInput.OpenAndReadAllAsync(mutation, Path.GetFileName(name));
    }

    [Fact]
    public void Damage_is_the_same_at_every_run_and_changes_the_file()
    {
        var file = new byte[1000];
        new Random(5).NextBytes(file);
        var first = HostileInput.Mutations(file, seed: 3, count: 200).ToList();
        var second = HostileInput.Mutations(file, seed: 3, count: 200).ToList();
        first.Should().HaveCount(200);
        first.Select(mutation => mutation.What).Should().Equal(second.Select(mutation => mutation.What));
        first.Zip(second).All(pair => pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes)).Should().BeTrue();
        first.Count(mutation => !mutation.Bytes.AsSpan().SequenceEqual(file)).Should().BeGreaterThan(190);
    }
}
