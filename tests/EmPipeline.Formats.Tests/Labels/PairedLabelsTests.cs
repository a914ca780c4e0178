using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Labels;

/// <summary>Boxes of images and the labels that belong to them, cut out by other software: not one voxel differs.</summary>
public sealed class PairedLabelsTests
{
    private const string Folder = "replicas/labels-like";

    public static TheoryData<string> Pairs() => [.. Lines("pairs").Select(row => string.Join('\t', row))];

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Image_and_labels_of_a_box_are_those_of_other_software(string pair)
    {
        SharedData.Require(Folder);
        var fields = pair.Split('\t');
        var box = new Box(Index(fields[2]), Index(fields[3]));
        await using var image = await OpenAsync(fields[0]);
        await using var labels = await OpenAsync(fields[1]);
        var voxels = new byte[box.Volume * image.Reader.Info.Type.Size()];
        await image.Reader.ReadAsync(box, voxels);
        Convert.ToHexStringLower(SHA256.HashData(voxels)).Should().Be(fields[4]);

        var match = new GridMatch();
        match.Fill(image.Grid, box, labels.Grid);
        var hull = new byte[match.Hull.Volume * labels.Reader.Info.Type.Size()];
        await labels.Reader.ReadAsync(match.Hull, hull);
        var (found, known) = (new long[box.Volume], new byte[box.Volume]);
        LabelGather.Gather<long>(match, labels.Reader.Info.Type, hull, found);
        LabelGather.Known(match, known);
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<long>(found))).Should().Be(fields[5]);
        if (!fields[1].StartsWith("cremi", StringComparison.Ordinal))
            known.Count(voxel => voxel == 0).Should().Be(int.Parse(fields[6], CultureInfo.InvariantCulture));
        found.Count(label => label == -1).Should().Be(int.Parse(fields[6], CultureInfo.InvariantCulture));
    }

    private static IEnumerable<string[]> Lines(string name) => SharedData.Locate(Folder) is { } folder
        ? Directory.GetFiles(folder, name + "-*.tsv").Order().SelectMany(File.ReadLines).Where(line => !line.StartsWith('#')).Select(line => line.Split('\t'))
        : [["", "", "", "", "", "", ""]];

    /// <summary>Opens what a pair names, "folder" or "container:path", with its grid as the table of arrays gives it.</summary>
    private static async Task<Opened> OpenAsync(string name)
    {
        var (path, array) = name.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? (name[..colon], name[(colon + 1)..]) : (name, "-");
        var row = Lines("arrays").Single(row => row[0] == path && row[1] == array);
        var file = SharedData.Require($"{Folder}/{path}");
        var store = new LocalStore(Path.GetDirectoryName(file)!);
        var readers = await FormatRegistry.OpenAsync(new VolumePath(store, Path.GetFileName(file)));
        var reader = array == "-" ? readers[0] : readers.Single(reader => reader.Info.Name.Trim('/') == array.Trim('/'));

        // ImageJ's form of the testing pair calls its sections channels.
        var view = reader.Info.Axes == "cyx" ? reader : ZyxView.Of(reader);
        view.Info.Shape.Should().Be(Index(row[2], 'x'));
        var (size, centre) = (Numbers(row[5]), Numbers(row[6]));
        return new Opened(view, VoxelGrid.Of(view.Info.Shape, new VoxelSize(size[0], size[1], size[2]), (centre[0], centre[1], centre[2])), store);
    }

    private static NdIndex Index(string text, char separator = ',') => new([.. text.Split(separator).Select(part => long.Parse(part, CultureInfo.InvariantCulture))]);

    private static double[] Numbers(string text) => [.. text.Split(',').Select(part => double.Parse(part, CultureInfo.InvariantCulture))];

    private sealed record Opened(IVolumeReader Reader, VoxelGrid Grid, LocalStore Store) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Reader.DisposeAsync();
            await Store.DisposeAsync();
        }
    }
}
