using System.Text.Json.Nodes;
using EmPipeline.Demo.Mirroring;
using EmPipeline.Demo.Texture;
using EmPipeline.Demo.Writers;

namespace EmPipeline.Demo.Replicas;

/// <summary>IDR image 9846137 (U2OS chromatin, FIB-SEM): an ImageJ TIFF, and the JSON answers that describe the image and its file.</summary>
internal static class Idr9846137
{
    private const int Depth = 46;
    private const int Height = 194;
    private const int Width = 280;
    private const decimal VoxelMicrometres = 0.02m;
    private const string ImageName = "Figure_S3B_FIB-SEM_U2OS_20x20x20nm_xy.tif";

    private const string FileUrl =
        "https://ftp.ebi.ac.uk/pub/databases/IDR/idr0086-miron-micrographs/20200610-ftp/experimentD/Miron_FIB-SEM/Miron_FIB-SEM_processed/" + ImageName;

    private const string Description = "FIB-SEM of the chromatin of a U2OS nucleus; milling axis rescaled to isotropic voxels";

    public static void Write(EmTexture tissue, MirrorFolder mirror)
    {
        var voxels = tissue.Cut(Depth, Height, Width, 70, 300, 30);
        mirror.Write(MirrorFolder.HttpPath(FileUrl), ImageJTiff.Encode(voxels, Depth, Height, Width, VoxelMicrometres, EmTexture.Darkest, EmTexture.Brightest));
        mirror.WriteJson(MirrorFolder.HttpPath("https://idr.openmicroscopy.org/webgateway/imgData/9846137/index.json"), ImageData());
        mirror.WriteJson(MirrorFolder.HttpPath("https://idr.openmicroscopy.org/api/v0/m/images/9846137/index.json"), Image());
        mirror.WriteJson(MirrorFolder.HttpPath("https://idr.openmicroscopy.org/webgateway/original_file_paths/9846137/index.json"), Paths());
        mirror.WriteJson(MirrorFolder.HttpPath("https://idr.openmicroscopy.org/webclient/api/annotations/index.json"), Annotations());
    }

    // Where the file lay in OMERO's repository, and where it was imported from: the tree that EBI's public disk shows elsewhere.
    private static JsonObject Paths() => new()
    {
        ["repo"] = new JsonArray("demo_2/Blitz-0-Ice.ThreadPool.Server-4/2020-06/10/12-00-00.000/" + ImageName),
        ["client"] = new JsonArray("uod/idr/filesets" + new Uri(FileUrl).AbsolutePath["/pub/databases/IDR".Length..]),
        ["fileset"] = new JsonObject { ["id"] = 4007817 },
    };

    // Of the image's project, whatever is asked for.
    private static JsonObject Annotations() => new()
    {
        ["annotations"] = new JsonArray(new JsonObject
        {
            ["ns"] = "idr.openmicroscopy.org/study/info",
            ["values"] = new JsonArray(new JsonArray("Imaging Method", "focused ion beam scanning electron microscopy (FIB-SEM)"), new JsonArray("License", "CC BY 4.0"), new JsonArray("Data DOI", "10.17867/10000141d")),
        }),
        ["experimenters"] = new JsonArray(),
    };

    // OMERO.web's webgateway: pixel sizes in micrometres.
    private static JsonObject ImageData() => new()
    {
        ["id"] = 9846137,
        ["meta"] = new JsonObject
        {
            ["imageName"] = ImageName,
            ["imageDescription"] = Description,
            ["imageAuthor"] = "Public data",
            ["imageArchived"] = false,
            ["projectName"] = "idr0086-miron-micrographs/experimentD",
            ["projectId"] = 1161,
            ["projectDescription"] = "",
            ["datasetName"] = "U2OS_chromatin",
            ["datasetId"] = 10740,
            ["datasetDescription"] = "",
            ["wellSampleId"] = "",
            ["wellId"] = "",
            ["imageTimestamp"] = 1591790400,
            ["imageId"] = 9846137,
            ["pixelsType"] = "uint8",
        },
        ["perms"] = new JsonObject { ["canAnnotate"] = false, ["canEdit"] = false, ["canDelete"] = false, ["canLink"] = false },
        ["tiles"] = false,
        ["interpolate"] = true,
        ["size"] = new JsonObject { ["width"] = Width, ["height"] = Height, ["z"] = Depth, ["t"] = 1, ["c"] = 1 },
        ["pixel_size"] = new JsonObject { ["x"] = VoxelMicrometres, ["y"] = VoxelMicrometres, ["z"] = VoxelMicrometres },
        ["init_zoom"] = 0,
        ["pixel_range"] = new JsonArray(0, 255),
        ["channels"] = new JsonArray(new JsonObject
        {
            ["emissionWave"] = null,
            ["label"] = "0",
            ["color"] = "808080",
            ["inverted"] = false,
            ["reverseIntensity"] = false,
            ["family"] = "linear",
            ["coefficient"] = JsonFloat.Of(1),
            ["window"] = new JsonObject { ["min"] = JsonFloat.Of(0), ["max"] = JsonFloat.Of(255), ["start"] = JsonFloat.Of(EmTexture.Darkest), ["end"] = JsonFloat.Of(EmTexture.Brightest) },
            ["active"] = true,
        }),
        ["split_channel"] = new JsonObject
        {
            ["g"] = new JsonObject { ["width"] = Width + 4, ["height"] = Height + 4, ["border"] = 2, ["gridx"] = 1, ["gridy"] = 1 },
            ["c"] = new JsonObject { ["width"] = (2 * Width) + 6, ["height"] = Height + 4, ["border"] = 2, ["gridx"] = 2, ["gridy"] = 1 },
        },
        ["rdefs"] = new JsonObject { ["model"] = "greyscale", ["projection"] = "normal", ["defaultZ"] = Depth / 2, ["defaultT"] = 0, ["invertAxis"] = false },
    };

    // OMERO's JSON API: sizes with their units.
    private static JsonObject Image()
    {
        const string Schema = "http://www.openmicroscopy.org/Schemas/OME/2016-06#";
        JsonObject Size() => new() { ["@type"] = "TBD#LengthI", ["Unit"] = "MICROMETER", ["Symbol"] = "µm", ["Value"] = VoxelMicrometres };

        return new JsonObject
        {
            ["data"] = new JsonObject
            {
                ["@type"] = Schema + "Image",
                ["@id"] = 9846137,
                ["Name"] = ImageName,
                ["Description"] = Description,
                ["AcquisitionDate"] = 1591790400000,
                ["omero:series"] = 0,
                ["omero:format"] = new JsonObject { ["@id"] = 230, ["@type"] = "TBD#Format", ["value"] = "Tiff" },
                ["Pixels"] = new JsonObject
                {
                    ["@type"] = Schema + "Pixels",
                    ["@id"] = 9846137,
                    ["PhysicalSizeX"] = Size(),
                    ["PhysicalSizeY"] = Size(),
                    ["PhysicalSizeZ"] = Size(),
                    ["SignificantBits"] = 8,
                    ["SizeX"] = Width,
                    ["SizeY"] = Height,
                    ["SizeZ"] = Depth,
                    ["SizeC"] = 1,
                    ["SizeT"] = 1,
                    ["omero:sha1"] = "Pending...",
                    ["omero:methodology"] = "",
                    ["DimensionOrder"] = new JsonObject { ["@id"] = 1, ["@type"] = "TBD#DimensionOrder", ["value"] = "XYCZT" },
                    ["Type"] = new JsonObject { ["@id"] = 4, ["@type"] = "TBD#PixelsType", ["value"] = "uint8" },
                    ["Channels"] = new JsonArray(new JsonObject { ["@type"] = Schema + "Channel", ["omero:lookupTable"] = "", ["Color"] = -2139062017 }),
                },
            },
        };
    }
}
