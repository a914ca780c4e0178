using EmPipeline.Demo.Mirroring;
using EmPipeline.Demo.Texture;
using EmPipeline.Demo.Writers;

namespace EmPipeline.Demo.Replicas;

/// <summary>
/// EPFL CVLab's hippocampus: one TIFF without a resolution, in a folder whose name begins with a space; and two cuts of it, training and testing,
/// with their mitochondria (0 and 255). Where the cuts lie in the whole is recorded nowhere.
/// </summary>
internal static class EpflHippocampus
{
    private const string FolderUrl = "https://documents.epfl.ch/groups/c/cv/cvlab-unit/www/data/%20ElectronMicroscopy_Hippocampus/";
    private static readonly (int Z, int Y, int X) Whole = (10, 20, 240);

    public static void Write(EmTexture tissue, MirrorFolder mirror)
    {
        WriteTiff(mirror, "volumedata", tissue.Cut(65, 192, 256, Whole.Z, Whole.Y, Whole.X), 65, 192, 256);
        WriteCut(tissue, mirror, "training", (4, 5, 21));
        WriteCut(tissue, mirror, "testing", (19, 99, 113));
    }

    private static void WriteCut(EmTexture tissue, MirrorFolder mirror, string name, (int Z, int Y, int X) at)
    {
        const int Depth = 40, Height = 90, Width = 130;
        var (z, y, x) = (Whole.Z + at.Z, Whole.Y + at.Y, Whole.X + at.X);
        WriteTiff(mirror, name, tissue.Cut(Depth, Height, Width, z, y, x), Depth, Height, Width);
        var labels = new byte[Depth * Height * Width];
        for (var i = 0; i < Depth * Height; i++)
            tissue.CopyMitochondria(z + (i / Height), y + (i % Height), x, labels.AsSpan(i * Width, Width));
        labels.AsSpan().Replace((byte)1, (byte)255);
        WriteTiff(mirror, name + "_groundtruth", labels, Depth, Height, Width);
    }

    private static void WriteTiff(MirrorFolder mirror, string name, byte[] voxels, int depth, int height, int width) =>
        mirror.Write(MirrorFolder.HttpPath($"{FolderUrl}{name}.tif"), ItkTiff.Encode(voxels, depth, height, width));
}
