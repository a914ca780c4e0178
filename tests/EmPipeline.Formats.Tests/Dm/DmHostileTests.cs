using EmPipeline.Formats.Dm;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Dm;

/// <summary>Damaged and hostile headers end in an error that names the place, and in little memory.</summary>
public sealed class DmHostileTests
{
    [Fact]
    public async Task A_file_cut_off_anywhere_is_corrupt()
    {
        var file = DmWriter.Images(4, false, DmWriter.Image(DmTypes.UInt16, new ushort[64], [8, 8], [(1, "nm"), (1, "nm")]));
        for (var length = 0; length < file.Length - 8; length += 7)
        {
            var error = await Assert.ThrowsAsync<EmException>(() => OpenAsync(file[..length]));
            error.Fault.Should().Be(Fault.Corrupt);
            error.Message.Should().StartWith("a.dm3");
        }
    }

    [Fact]
    public async Task Any_byte_changed_gives_an_answer_or_an_error_of_ours_in_bounded_memory()
    {
        var file = DmWriter.Images(3, false, DmWriter.Image(DmTypes.UInt16, new ushort[64], [8, 8], [(1, "nm"), (1, "nm")], ("a", 1), ("b", new double[][] { [1, 2] })));
        var random = new Random(1);
        var (answered, refused) = (0, 0);
        for (var i = 0; i < file.Length; i++)
        {
            var damaged = file.ToArray();
            damaged[i] = (byte)random.Next(256);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                foreach (var reader in await OpenAsync(damaged))
                    await reader.ReadAsync(Box.Whole(reader.Info.Shape), new byte[reader.Info.DecodedBytes], TestContext.Current.CancellationToken);
                answered++;
            }
            catch (EmException e)
            {
                e.Message.Should().StartWith("a.dm3");
                refused++;
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(4_000_000);
        }

        answered.Should().BePositive();
        refused.Should().BePositive();
    }

    [Fact]
    public async Task Many_images_share_the_tags_of_their_document()
    {
        const int Images = 1000, Tags = 10_000;
        var image = DmWriter.Image(DmTypes.UInt8, new byte[1], [1, 1], []);
        var file = DmWriter.Write(
            3, false,
            ("ImageList", DmWriter.Unnamed([.. Enumerable.Repeat(image, Images)])),
            ("Notes", Enumerable.Range(0, Tags).Select(i => ($"n{i}", (object)i)).ToArray()));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var readers = await OpenAsync(file);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        readers.Should().HaveCount(Images);
        readers[^1].Info.Metadata.Should().Contain(value => value.Key == $"Notes.n{Tags - 1}").And.Contain(value => value.Key == "Pixel offset");
        allocated.Should().BeLessThan(100_000_000);
    }

    [Fact]
    public async Task Groups_nested_without_end_are_refused()
    {
        (string, object)[] nested = [];
        for (var i = 0; i < 100; i++)
            nested = [("g", nested)];
        var error = await Assert.ThrowsAsync<EmException>(() => OpenAsync(DmWriter.Write(3, false, nested)));
        error.Message.Should().Contain("deep");
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(4_000_000_000u)]
    public async Task Dimensions_that_the_pixels_do_not_fill_are_refused(uint width)
    {
        var file = DmWriter.Images(3, false, DmWriter.Image(DmTypes.UInt16, new ushort[64], [width, 8], []));
        (await Assert.ThrowsAsync<EmException>(() => OpenAsync(file))).Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public async Task Pixels_are_taken_from_their_own_array_never_from_what_follows()
    {
        // The array is too short for the dimensions, but the file goes on far enough.
        var file = DmWriter.Images(
            3, false, DmWriter.Image(DmTypes.UInt8, new byte[60], [8, 8], []), DmWriter.Image(DmTypes.UInt8, new byte[64], [8, 8], []));
        (await Assert.ThrowsAsync<EmException>(() => OpenAsync(file))).Message.Should().Contain("60 bytes");
    }

    private static async Task<IReadOnlyList<IVolumeReader>> OpenAsync(byte[] file) => await new DmFormat().OpenAsync(Opening.InMemory("a.dm3", file));
}
