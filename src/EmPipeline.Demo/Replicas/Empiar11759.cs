using System.Text.Json.Nodes;
using EmPipeline.Demo.Mirroring;
using EmPipeline.Demo.Texture;

namespace EmPipeline.Demo.Replicas;

/// <summary>
/// EMPIAR-11759 (zebrafish retina, SBF-SEM): sixteen DM3 slices, whose thumbnails differ in size so that the image does not stand at one
/// offset, and the registry's entry, which is wrong about the image size, as the real one is.
/// </summary>
internal static class Empiar11759
{
    public const int Slices = 16;
    public const int Height = 400;
    public const int Width = 388;

    /// <summary>The display limits of the source, and here all grey values: its contrast is narrow.</summary>
    public const byte LowLimit = 65;
    public const byte HighLimit = 123;

    // 50 nm slices of 8 nm pixels: every sixth plane of an isotropic texture.
    private const int PlanesPerSlice = 6;

    public static void Write(EmTexture tissue, MirrorFolder mirror)
    {
        var voxels = tissue.Cut(Slices, Height, Width, 20, 130, 700, PlanesPerSlice);
        const int Span = EmTexture.Brightest - EmTexture.Darkest;
        foreach (ref var voxel in voxels.AsSpan())
            voxel = (byte)(LowLimit + ((voxel - EmTexture.Darkest) * (HighLimit - LowLimit) / Span));
        for (var slice = 0; slice < Slices; slice++)
        {
            mirror.Write(
                MirrorFolder.HttpPath($"https://ftp.ebi.ac.uk/empiar/world_availability/11759/data/F57-8_test1_3VBSED_slice_{slice:0000}.dm3"),
                Empiar11759Slice.Encode(slice, voxels.AsSpan(slice * Height * Width, Height * Width).ToArray()));
        }

        mirror.WriteJson(MirrorFolder.HttpPath("https://www.ebi.ac.uk/empiar/api/entry/EMPIAR-11759/index.json"), Entry());
    }

    private static JsonObject Entry() => new()
    {
        ["EMPIAR-11759"] = new JsonObject
        {
            ["authors"] = new JsonArray(new JsonObject { ["author"] = new JsonObject { ["author_orcid"] = null, ["name"] = "Wilsch-Braeuninger M" } }),
            ["biostudies_references"] = new JsonArray(),
            ["citation"] = new JsonArray(),
            ["corresponding_author"] = new JsonObject { ["author"] = new JsonObject { ["name"] = "Wilsch-Braeuninger M", ["organization"] = "MPI-CBG" } },
            ["cross_references"] = new JsonArray(),
            ["dataset_size"] = "1.2 GB",
            ["deposition_date"] = "2023-11-01",
            ["empiar_references"] = new JsonArray(),
            ["entry_doi"] = "10.6019/EMPIAR-11759",
            ["experiment_type"] = "SBF-SEM",
            ["grant_references"] = new JsonArray(),
            ["idr_references"] = new JsonArray(),
            ["imagesets"] = new JsonArray(new JsonObject
            {
                ["name"] = "Developing retina in zebrafish 55 hpf larval eye",
                ["directory"] = "data",
                ["category"] = "reconstructed volumes",
                ["data_format"] = "DM3",
                ["header_format"] = "DM3",
                ["num_images_or_tilt_series"] = Slices,
                ["frames_per_image"] = 1,
                ["voxel_type"] = "UNSIGNED BYTE",
                // Ångström, though nothing in the answer says so.
                ["pixel_width"] = JsonFloat.Of(80),
                ["pixel_height"] = JsonFloat.Of(80),
                // Text, and neither the size of the slices nor of anything else in the entry.
                ["image_width"] = "5628",
                ["image_height"] = "5632",
                ["details"] = "",
                ["segmentations"] = new JsonArray(),
                ["micrographs_file_pattern"] = "",
                ["picked_particles_directory"] = "",
                ["picked_particles_file_pattern"] = "",
                ["frame_range_min"] = null,
                ["frame_range_max"] = null,
            }),
            ["obsolete_date"] = null,
            ["principal_investigator"] = new JsonArray(),
            ["release_date"] = "2024-01-15",
            ["scale"] = "tissue",
            ["status"] = "REL",
            ["title"] = "Developing retina in zebrafish 55 hpf larval eye.",
            ["update_date"] = "2024-01-15",
            ["version_history"] = new JsonArray(),
            ["workflow_file"] = null,
        },
    };
}
