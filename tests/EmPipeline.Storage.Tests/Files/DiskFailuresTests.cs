namespace EmPipeline.Storage.Tests;

public class DiskFailuresTests
{
    [Fact]
    public async Task A_full_disk_is_told_as_such()
    {
        const string full = "/dev/full";
        Assert.SkipUnless(File.Exists(full), "Only Linux has a device that is always full.");
        var write = async () =>
        {
            try
            {
                await using var file = new FileStream(full, FileMode.Open, FileAccess.Write);
                file.Write(new byte[10]);
            }
            catch (IOException e) when (DiskFailures.IsLocal(e))
            {
                throw DiskFailures.From(full, e);
            }
        };
        (await write.Should().ThrowAsync<StorageException>()).WithMessage("/dev/full: got a full disk, expected room for this file. Free some space*")
            .Which.Fault.Should().Be(StorageFault.Machine);
    }

    [Fact]
    public void Missing_permission_is_told_as_such() =>
        DiskFailures.From("/data", new UnauthorizedAccessException()).Message.Should().StartWith("/data: got no permission to write");

    [Fact]
    public void Remote_failures_are_not_the_disks()
    {
        DiskFailures.IsLocal(new StorageException("https://h.example", "got 503")).Should().BeFalse();
        DiskFailures.IsLocal(new EndOfStreamException()).Should().BeFalse();
        DiskFailures.IsLocal(new InvalidOperationException()).Should().BeFalse();
        DiskFailures.IsLocal(new IOException()).Should().BeTrue();
    }
}
