using System.Runtime.InteropServices;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;

namespace EmPipeline.Zarr.Tests.Interop;

/// <summary>
/// Neuroglancer shows an image with its ground truth and a prediction in one view, as a state like the one that Predict leaves asks for: what it says of every
/// voxel in three planes is what was written, ids exact to 64 bits, and its picture is coloured where an object is and grey where none is. The labels have
/// places and voxel sizes of their own. Its views stay in artifacts/neuroglancer.
/// </summary>
public sealed class NeuroglancerLabelsTests
{
    private static readonly LabelDescription Truth = new() { Origin = "groundtruth", Name = "cells", Centre = (4, 4, 4), Scheme = LabelScheme.Instances("cells") };

    private static readonly LabelDescription Found = new()
    {
        Origin = "prediction", Name = "cells", Centre = (0, 80, 160), Annotation = "automatic", Scheme = LabelScheme.OfClasses(new Dictionary<Int128, string> { [1] = "cells" }),
    };

    [Fact]
    public async Task Neuroglancer_shows_the_voxels_of_an_image_and_its_labels_together()
    {
        OtherSoftware.Require("neuroglancer");
        using var folder = new TemporaryFolder();
        await WriteAsync(new NdIndex(60, 90, 130), VoxelType.UInt8, at => (byte)(40 + ((at[0] * 3) + (at[1] * 5) + (at[2] * 7)) % 200), new VoxelSize(8, 8, 8), null);
        // Twice as large voxels, and ids that no double holds.
        await WriteAsync(new NdIndex(30, 45, 65), VoxelType.UInt64, at => IsIn(at, 2) ? (1ul << 60) + (ulong)(at[0] / 10) + 1 : 0, new VoxelSize(16, 16, 16), Truth);
        // Of a part of the image.
        await WriteAsync(new NdIndex(60, 70, 90), VoxelType.UInt8, at => IsIn(at, 3) ? 1ul : 0, new VoxelSize(8, 8, 8), Found);
        await File.WriteAllTextAsync(folder["state.json"], $$"""
            { "dimensions": { "z": [8e-9, "m"], "y": [8e-9, "m"], "x": [8e-9, "m"] }, "layers": [
              { "type": "image", "name": "image", "source": "http://127.0.0.1:5151/zarr/v.zarr/|zarr3:", "opacity": 1,
                "shader": "#uicontrol invlerp normalized\nvoid main() { emitGrayscale(normalized()); }", "shaderControls": { "normalized": { "range": [0, 255] } } },
              { "type": "segmentation", "name": "truth", "source": "http://127.0.0.1:5151/zarr/v.zarr/{{Truth.Path}}/|zarr3:", "selectedAlpha": 0.35, "segmentDefaultColor": "#37c871" },
              { "type": "segmentation", "name": "found", "source": "http://127.0.0.1:5151/zarr/v.zarr/{{Found.Path}}/|zarr3:", "selectedAlpha": 0.35, "segmentDefaultColor": "#ff8c1a" } ] }
            """, TestContext.Current.CancellationToken);
        var output = await OtherSoftware.RunAsync("node", "labels.mjs", folder["v.zarr"], folder["state.json"], Repository.File("artifacts/neuroglancer"));
        var equal = System.Text.RegularExpressions.Regex.Matches(output, "^(..): ([0-9]+) values equal, ([0-9]+) pixels coloured$", System.Text.RegularExpressions.RegexOptions.Multiline);
        equal.Select(match => match.Groups[1].Value).Should().Equal("xy", "xz", "yz");
        equal.Select(match => int.Parse(match.Groups[2].Value, null)).Should().Equal(3 * 90 * 130, 3 * 60 * 130, 3 * 60 * 90);
        equal.Should().OnlyContain(match => int.Parse(match.Groups[3].Value, null) > 500, "{0}", output);

        async Task WriteAsync(NdIndex shape, VoxelType type, Func<NdIndex, ulong> value, VoxelSize size, LabelDescription? label)
        {
            var voxels = new byte[shape.Volume * type.Size()];
            foreach (var (at, i) in Box.Whole(shape).CellsTouched(NdIndex.Filled(3, 1)).Select((at, i) => (at, i)))
            {
                var stored = value(at);
                MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in stored))[..type.Size()].CopyTo(voxels.AsSpan(i * type.Size()));
            }

            var path = label is null ? "v.zarr" : $"v.zarr/{label.Path}";
            await ZarrRechunk.RunAsync(
                new MemoryVolume(shape, type, NdIndex.Filled(3, 32), voxels), Box.Whole(shape), folder[path], folder[$"{path.Replace('/', '-')}.shards"],
                ZarrRechunkTests.Options() with { Name = "v", Levels = 1, VoxelSize = size, Label = label });
            var expected = folder[$"v.zarr.expected{path["v.zarr".Length..]}/s0"];
            Directory.CreateDirectory(Path.GetDirectoryName(expected)!);
            await File.WriteAllBytesAsync(expected, voxels);
        }
    }

    /// <summary>Balls, unlike along every axis.</summary>
    private static bool IsIn(NdIndex at, int seed) =>
        Math.Sin((at[0] + (seed * 3)) / 5.0) + Math.Sin((at[1] + seed) / 7.0) + Math.Cos((at[2] + (seed * 2)) / 9.0) > 0.8;
}
