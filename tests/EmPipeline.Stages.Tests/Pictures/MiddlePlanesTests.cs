using System.Buffers.Binary;
using EmPipeline.Catalog;
using EmPipeline.Stages.Pictures;
using EmPipeline.Volumes;
using SkiaSharp;

namespace EmPipeline.Stages.Tests.Pictures;

/// <summary>The pictures of the report: the right voxels at the right place, labels over them, and a reason where there are none.</summary>
public sealed class MiddlePlanesTests : IAsyncDisposable
{
    private static readonly NdIndex Shape = new(4, 40, 50);
    private static readonly Box Thing = new(new NdIndex(1, 10, 20), new NdIndex(2, 5, 6));

    private readonly SmallPipeline _pipeline = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Theory]
    [InlineData(VoxelType.UInt8)]
    [InlineData(VoxelType.Int16)]
    [InlineData(VoxelType.Float32)]
    public async Task A_plane_has_its_axes_across_and_down(VoxelType type)
    {
        var volume = MemoryVolume.Make(new NdIndex(3, 5, 7), type);
        var all = Plane.Floats(volume.Voxels, type);
        for (var axis = 0; axis < 3; axis++)
        {
            var plane = new Plane(axis, 1);
            var found = Plane.Floats(await plane.ReadAsync(volume, Cancellation), type);
            var (across, down) = ((int)volume.Info.Shape[plane.Axes.Across], (int)volume.Info.Shape[plane.Axes.Down]);
            for (var row = 0; row < down; row++)
            {
                for (var column = 0; column < across; column++)
                {
                    var at = NdIndex.Filled(3, 1);
                    (at[plane.Axes.Across], at[plane.Axes.Down]) = (column, row);
                    found[(row * across) + column].Should().Be(all[(((at[0] * 5) + at[1]) * 7) + at[2]]);
                }
            }
        }
    }

    [Fact]
    public void A_pixel_is_the_mean_of_its_finite_voxels()
    {
        var voxels = Enumerable.Range(0, 3 * 1000).Select(i => i % 7 == 0 ? float.NaN : i % 11 == 0 ? float.PositiveInfinity : i).ToArray();
        var picture = GreyPicture.Of(voxels, 1000, 3);
        (picture.Width, picture.Height, picture.StepAcross, picture.StepDown).Should().Be((334, 3, 3, 1));
        for (var pixel = 0; pixel < picture.Values.Length; pixel++)
        {
            var (row, column) = (pixel / 334, 3 * (pixel % 334));
            var finite = voxels[((row * 1000) + column)..((row * 1000) + Math.Min(1000, column + 3))].Where(float.IsFinite).Select(value => (double)value).ToList();
            picture.Values[pixel].Should().Be(finite.Count == 0 ? float.NaN : (float)finite.Average());
        }

        GreyPicture.Of([float.NaN], 1, 1).Jpeg(0, 0).Should().NotBeEmpty("a picture of nothing is black");
    }

    [Fact]
    public void Noise_is_no_larger_than_the_report_has_room_for()
    {
        var noise = new byte[480 * 480];
        new Random(1).NextBytes(noise);
        GreyPicture.Of(Array.ConvertAll(noise, value => (float)value), 480, 480).Jpeg(0, 255).Length.Should().BeLessThan(110_000);
    }

    [Fact]
    public async Task Labels_lie_where_their_voxels_do_and_only_in_planes_that_they_are_in()
    {
        var pictures = await MakeAsync();
        pictures.Problem.Should().BeNull();
        pictures.Planes.Select(plane => (plane.Axes, plane.Index, plane.Across, plane.Down, plane.InNanometres)).Should().Equal(
            ("xy", 2, 400, 320, true), ("zy", 25, 32, 320, true), ("xz", 20, 400, 32, true));
        using var grey = SKBitmap.Decode(pictures.Planes[0].Jpeg.Span);
        (grey.Width, grey.Height).Should().Be((50, 40));

        pictures.Planes[2].Labels.Should().BeEmpty("no voxel of it lies at y = 20");
        foreach (var plane in pictures.Planes.Take(2))
        {
            var (name, png) = plane.Labels.Should().ContainSingle().Subject;
            name.Should().Be("groundtruth/things");
            using var overlay = SKBitmap.Decode(png.Span);
            for (var row = 0; row < overlay.Height; row++)
            {
                for (var column = 0; column < overlay.Width; column++)
                {
                    var at = plane.Axes == "xy" ? new NdIndex(2, row, column) : new NdIndex(column, row, 25);
                    (overlay.GetPixel(column, row).Alpha > 0).Should().Be(Thing.Contains(new Box(at, NdIndex.Filled(3, 1))), $"{plane.Axes} {column}, {row}");
                }
            }
        }
    }

    [Fact]
    public async Task Without_a_voxel_size_a_voxel_is_as_long_as_it_is_wide_and_there_are_no_labels()
    {
        await MakeAsync();
        var pictures = await MakeAsync("local", []);
        pictures.Planes.Should().OnlyContain(plane => !plane.InNanometres && plane.Labels.Count == 0);
        (pictures.Planes[0].Across, pictures.Planes[0].Down).Should().Be((50, 40));
    }

    [Fact]
    public async Task A_shard_that_cannot_be_read_costs_the_pictures_and_says_so()
    {
        await MakeAsync();
        var shard = Directory.EnumerateFiles(_pipeline["data/zarr/remote.zarr/s0"], "*", SearchOption.AllDirectories).Single(path => !path.EndsWith(".json", StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(shard, Cancellation);
        Array.Fill(bytes, (byte)0xA5);
        await File.WriteAllBytesAsync(shard, bytes, Cancellation);
        var pictures = await MakeAsync("remote", []);
        pictures.Planes.Should().BeEmpty();
        pictures.Problem.Should().StartWith("No pictures: ").And.Contain("remote.zarr");
    }

    private async Task<DatasetPictures> MakeAsync()
    {
        WriteLabel();
        _pipeline.Configure(remote: $$"""
            , facts: { voxel_size_z_nm: 8, voxel_size_y_nm: 8, voxel_size_x_nm: 8 }, labels: { things: { source: { file: "{{_pipeline["labels/em/s0"]}}" }, voxelSize: [8, 8, 8], offset: [0, 0, 0], kind: instances } }
            """);
        await _pipeline.RunAsync();
        _pipeline.Problems.Should().BeEmpty();
        var catalog = await CatalogReader.OpenAsync(_pipeline.Data.Catalog, cancellation: Cancellation);
        (await File.ReadAllTextAsync(_pipeline.Data.Report, Cancellation)).Should().Contain("data:image/jpeg;base64,").And.Contain("data:image/png;base64,").And.Contain("100 nm");
        return await MakeAsync("remote", LabelOverlay.Of(await catalog.ReadLabelVolumesAsync(Cancellation), []));
    }

    private async Task<DatasetPictures> MakeAsync(string dataset, IEnumerable<LabelOverlay> labels)
    {
        var catalog = await CatalogReader.OpenAsync(_pipeline.Data.Catalog, cancellation: Cancellation);
        var volumes = (await catalog.ReadVolumesAsync(Cancellation)).Where(volume => volume.Dataset == dataset).ToList();
        return await MiddlePlanes.MakeAsync(dataset, volumes, labels, _pipeline.Data, Cancellation);
    }

    private void WriteLabel()
    {
        var voxels = new byte[Shape.Volume * 8];
        foreach (var at in Thing.CellsTouched(NdIndex.Filled(3, 1)))
            BinaryPrimitives.WriteUInt64LittleEndian(voxels.AsSpan((int)(8 * ((((at[0] * Shape[1]) + at[1]) * Shape[2]) + at[2]))), (1UL << 53) + 1);
        _pipeline.Write("labels/em/s0/.zarray", """{ "zarr_format": 2, "shape": [4, 40, 50], "chunks": [4, 40, 50], "dtype": "<u8", "compressor": null, "fill_value": 0, "order": "C", "filters": null }""");
        File.WriteAllBytes(_pipeline["labels/em/s0/0.0.0"], voxels);
    }
}
