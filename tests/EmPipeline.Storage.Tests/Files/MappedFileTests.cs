namespace EmPipeline.Storage.Tests.Files;

/// <summary>What a mapped file promises; only Linux tells what is in memory, so elsewhere there is none.</summary>
public sealed class MappedFileTests : IDisposable
{
    private const int Length = 100_000;
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _bytes = new byte[Length];

    public MappedFileTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "files are mapped on Linux only");
        new Random(1).NextBytes(_bytes);
        File.WriteAllBytes(_folder["file"], _bytes);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Its_bytes_are_the_files_and_outlive_the_store_and_their_disposal_until_released()
    {
        MappedFile mapped;
        await using (var store = new LocalStore(_folder.Path))
            mapped = store.Map("file")!;
        mapped.Length.Should().Be(Length);
        mapped.TryAcquire().Should().BeTrue();
        mapped.IsInMemory(0, Length).Should().BeTrue("it was just written");
        mapped.Dispose();
        mapped.Bytes(0, Length).SequenceEqual(_bytes).Should().BeTrue();
        mapped.Bytes(4095, 2).SequenceEqual(_bytes.AsSpan(4095, 2)).Should().BeTrue();
        mapped.Release();
        mapped.TryAcquire().Should().BeFalse();
    }

    [Fact]
    public async Task What_was_never_brought_to_memory_is_told_apart()
    {
        // A hole has no pages until it is read.
        using (var file = new FileStream(_folder["file"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(20L << 20);
        await using var store = new LocalStore(_folder.Path);
        using var mapped = store.Map("file")!;
        mapped.TryAcquire().Should().BeTrue();
        mapped.IsInMemory(0, Length).Should().BeTrue();
        mapped.IsInMemory(0, 10 << 20).Should().BeFalse();
        mapped.IsInMemory((20 << 20) - 1, 1).Should().BeFalse();
        mapped.Release();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Length - 1)]
    [InlineData(Length + 1)]
    public async Task A_file_that_was_cut_short_or_grew_is_not_had(int length)
    {
        await using var store = new LocalStore(_folder.Path);
        using var mapped = store.Map("file")!;
        using (var file = new FileStream(_folder["file"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(length);
        mapped.TryAcquire().Should().BeFalse();
    }

    [Fact]
    public async Task Ranges_outside_of_it_are_refused()
    {
        await using var store = new LocalStore(_folder.Path);
        using var mapped = store.Map("file")!;
        foreach (var (offset, length) in ((long, int)[])[(-1, 1), (0, Length + 1), (Length, 1), (1, -1), (long.MaxValue, 1)])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => mapped.Bytes(offset, length).Length);
            Assert.Throws<ArgumentOutOfRangeException>(() => mapped.IsInMemory(offset, length));
        }
    }

    [Fact]
    public async Task There_is_none_of_what_is_absent_or_empty()
    {
        File.WriteAllBytes(_folder["empty"], []);
        await using var store = new LocalStore(_folder.Path);
        store.Map("absent").Should().BeNull();
        store.Map("empty").Should().BeNull();
    }
}
