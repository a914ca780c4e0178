using CsCheck;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Tests.Reading;

/// <summary>A voxel of a class is drawn by its number among all voxels of the class.</summary>
public sealed class LabelChunksTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    private CatalogReader Reader => new(_folder["catalog"]);

    public async ValueTask InitializeAsync() => await CatalogBuilder.BuildAsync(Samples.LabelledContent(), _folder["catalog"]);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Every_voxel_of_a_class_has_a_number()
    {
        var chunks = await Reader.ReadLabelChunksAsync("mitochondria", "origin = 'groundtruth'; -- of people");
        (chunks.Count, chunks.Voxels).Should().Be((3, 22));
        var places = Enumerable.Range(0, 22).Select(voxel => chunks.Find(voxel)).Select(place => (place.Origin, place.Voxels, place.Rank));
        places.Should().Equal(Expected(Samples.LabelChunks.Where(row => row.Class == "mitochondria" && row.Origin == "groundtruth")));
        chunks[2].Label.Path.Should().Be("zarr/crop.zarr/labels/groundtruth/organelles/s0");
    }

    [Fact]
    public async Task Each_label_has_its_own_numbers()
    {
        var chunks = await Reader.ReadLabelChunksAsync("mitochondria");
        chunks.Labels.Select(range => (range.Label.Label, range.First, range.End, range.FirstVoxel, range.EndVoxel)).Should().Equal(("organelles", 0, 3, 0, 22), ("mito", 3, 4, 22, 112));
        chunks.Find(22).Label.Origin.Should().Be("prediction");
        chunks.Find(21).Label.Origin.Should().Be("groundtruth");
    }

    [Fact]
    public async Task A_class_that_is_nowhere_has_no_chunks()
    {
        var chunks = await Reader.ReadLabelChunksAsync("nucleus");
        (chunks.Count, chunks.Voxels, chunks.Labels.Count).Should().Be((0, 0, 0));
        var act = () => chunks.Find(0);
        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData("nothing = 1", "*nothing*")]
    [InlineData("1 = 1) UNION ALL (SELECT 1, 1, 1, 1 FROM read_csv('x')", "*read_csv*")]
    public async Task A_wrong_condition_is_a_configuration_error(string condition, string message)
    {
        var act = () => Reader.ReadLabelChunksAsync("mitochondria", condition);
        (await act.Should().ThrowAsync<EmException>().WithMessage(message)).Which.Fault.Should().Be(Fault.Configuration);
    }

    [Fact]
    public void Any_counts_are_found_by_their_running_sum() =>
        Gen.Int[1, 1000].Array[1, 40].Sample(counts =>
        {
            var label = Samples.LabelledContent().LabelVolumes[0] with { Shape = new NdIndex(90, 64, 320), Chunk = new NdIndex(32, 32, 32) };
            var ends = new long[counts.Length];
            for (var i = 0; i < counts.Length; i++)
                ends[i] = counts[i] + (i == 0 ? 0 : ends[i - 1]);
            var chunks = new LabelChunks("c", [new LabelChunkRange(label, 0, counts.Length, 0, ends[^1])], [.. Enumerable.Range(0, counts.Length).Select(i => (long)i)], ends);
            var number = 0L;
            for (var row = 0; row < counts.Length; row++)
            {
                foreach (var rank in (long[])[0, counts[row] - 1])
                {
                    var place = chunks.Find(number + rank);
                    place.Should().Be(new LabelChunkPlace(label, new NdIndex(row / 20, row / 10 % 2, row % 10) * label.Chunk, counts[row], rank));
                }

                number += counts[row];
            }
        });

    private static IEnumerable<(NdIndex Origin, long Voxels, long Rank)> Expected(IEnumerable<LabelChunkRow> rows) =>
        rows.SelectMany(row => Enumerable.Range(0, (int)row.Voxels).Select(rank => (new NdIndex(row.Z, row.Y, row.X), row.Voxels, (long)rank)));
}
