using EmPipeline.Demo.Mirroring;
using EmPipeline.Demo.Texture;
using EmPipeline.Demo.Writers;

namespace EmPipeline.Demo.Replicas;

/// <summary>EPFL CVLab's hippocampus: one TIFF without a resolution, in a folder whose name begins with a space.</summary>
internal static class EpflHippocampus
{
    private const string FileUrl = "https://documents.epfl.ch/groups/c/cv/cvlab-unit/www/data/%20ElectronMicroscopy_Hippocampus/volumedata.tif";

    public static void Write(EmTexture tissue, MirrorFolder mirror) =>
        mirror.Write(MirrorFolder.HttpPath(FileUrl), ItkTiff.Encode(tissue.Cut(65, 192, 256, 10, 20, 240), 65, 192, 256));
}
