using System.Text.Json.Nodes;
using EmPipeline.Demo.Mirroring;
using EmPipeline.Demo.Texture;
using EmPipeline.Demo.Writers;

namespace EmPipeline.Demo.Replicas;

/// <summary>OpenOrganelle jrc_mus-nacc-2: int16 Zarr v2 with OME-NGFF 0.4 metadata, no consolidated metadata, some chunks of zeros absent; nuclei as labels of coarser voxels.</summary>
internal static class OpenOrganelleNacc2
{
    private const int Depth = 133;
    private const int Height = 150;
    private const int Width = 170;
    private const int Levels = 4;

    // Nuclei are labelled on voxels this many times as long, on three levels.
    private const int NucleusFactor = 8;
    private const int NucleusLevels = 3;

    // How far inside its wall a cell's nucleus begins, voxels.
    private const float NucleusDepth = 9f;
    private const int Y0 = 330;
    private const int X0 = 120;
    private const string Root = "s3/janelia-cosem-datasets/jrc_mus-nacc-2/jrc_mus-nacc-2.zarr";

    private const string Nuclei = "/recon-2/labels/inference/segmentations/nuc";

    private static readonly double[] VoxelNanometres = [2.96, 4.0, 4.0];

    public static void Write(EmTexture tissue, MirrorFolder mirror)
    {
        foreach (var group in new[] { "", "/recon-2", "/recon-2/em", "/recon-2/em/fibsem-int16", "/recon-2/labels", "/recon-2/labels/inference", "/recon-2/labels/inference/segmentations", Nuclei })
        {
            mirror.WriteJson(Root + group + "/.zgroup", new JsonObject { ["zarr_format"] = 2 });
            mirror.WriteJson(Root + group + "/.zattrs", group.EndsWith("int16", StringComparison.Ordinal) ? Multiscales(1, Levels) : group == Nuclei ? Multiscales(NucleusFactor, NucleusLevels) : []);
        }

        for (var k = 0; k < NucleusLevels; k++)
        {
            var factor = NucleusFactor << k;
            ZarrV2Array.Write(mirror, $"{Root}{Nuclei}/s{k}", "<u4", NucleusIds(tissue, factor), Depth / factor, Height / factor, Width / factor);
        }

        var level = (Voxels: Voxels(tissue), Depth, Height, Width);
        for (var k = 0; k < Levels; k++)
        {
            ZarrV2Array.Write(mirror, $"{Root}/recon-2/em/fibsem-int16/s{k}", "<i2", level.Voxels, level.Depth, level.Height, level.Width);
            level = Pyramid.HalveDown(level.Voxels, level.Depth, level.Height, level.Width);
        }
    }

    private static short[] Voxels(EmTexture tissue)
    {
        var grey = tissue.Cut(Depth, Height, Width, 0, Y0, X0);
        var voxels = new short[grey.Length];
        for (var i = 0; i < grey.Length; i++)
        {
            var (z, y, x) = (i / (Height * Width), i / Width % Height, i % Width);
            // One block of resin inside, and one that runs along an edge through all levels.
            var resin = (z is >= 64 and < 128 && y < 64 && x < 64) || (y >= 128 && x >= 128);
            voxels[i] = resin ? (short)0 : (short)((grey[i] - 128) * 151);
        }

        return voxels;
    }

    // The voxel in the middle of those that a coarser one covers stands for all.
    private static uint[] NucleusIds(EmTexture tissue, int factor)
    {
        var (height, width) = (Height / factor, Width / factor);
        var ids = new uint[Depth / factor * height * width];
        for (var i = 0; i < ids.Length; i++)
        {
            int Middle(int index) => (index * factor) + (factor / 2);
            var (z, y, x) = (Middle(i / (height * width)), Y0 + Middle(i / width % height), X0 + Middle(i % width));
            if (tissue.WallDistance(z, y, x) > NucleusDepth)
                ids[i] = (uint)tissue.Cell(z, y, x) + 1;
        }

        return ids;
    }

    private static JsonObject Multiscales(int finest, int levels)
    {
        JsonObject Axis(string name) => new() { ["name"] = name, ["type"] = "space", ["unit"] = "nanometer" };
        JsonObject Transform(string type, IEnumerable<double> values) => new() { [type] = new JsonArray([.. values.Select(v => JsonFloat.Of(v))]), ["type"] = type };

        var datasets = new JsonArray();
        for (var k = 0; k < levels; k++)
        {
            var factor = finest << k;
            // The source's own numbers carry rounding noise from the third level on.
            var scale = VoxelNanometres.Select((v, axis) => axis == 0 && factor > 2 ? Math.BitIncrement(v * factor) : v * factor);
            // Voxel centres: coarser levels begin half a voxel further in.
            var translation = VoxelNanometres.Select(v => v / 2 * (factor - 1));
            datasets.Add(new JsonObject
            {
                ["coordinateTransformations"] = new JsonArray(Transform("scale", scale), Transform("translation", translation)),
                ["path"] = $"s{k}",
            });
        }

        return new JsonObject
        {
            ["multiscales"] = new JsonArray(new JsonObject
            {
                ["axes"] = new JsonArray(Axis("z"), Axis("y"), Axis("x")),
                ["coordinateTransformations"] = new JsonArray(Transform("scale", [1.0, 1.0, 1.0])),
                ["datasets"] = datasets,
                ["metadata"] = null,
                ["name"] = "",
                ["type"] = null,
                ["version"] = "0.4",
            }),
        };
    }
}
