using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Catalog;
using EmPipeline.Storage;

namespace EmPipeline.Train.Prediction;

/// <summary>
/// A file for Neuroglancer beside what was predicted: the dataset's image, its labels and its predictions in one view. Its addresses are those at which
/// <c>./build.sh View</c> serves the data folder.
/// </summary>
internal static class NeuroglancerState
{
    /// <summary>Where View listens unless told otherwise.</summary>
    private const string Server = "http://127.0.0.1:5151/";

    private const string Viewer = "https://neuroglancer-demo.appspot.com/#!";
    private const string Grey = "#uicontrol invlerp normalized\nvoid main() { emitGrayscale(normalized()); }\n";
    private const string Red = "#uicontrol invlerp normalized\nvoid main() { emitRGBA(vec4(1.0, 0.2, 0.1, normalized())); }\n";
    private const string Truth = "#37c871";
    private const string Found = "#ff8c1a";

    // Compact, and with quotes and ampersands as they are.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true, NewLine = "\n" };

    /// <summary>Writes <c>predictions/neuroglancer.json</c> in the group and gives the link that opens it.</summary>
    /// <param name="label">What was predicted: it and its ground truth are what is shown at first.</param>
    /// <exception cref="StorageException">Disk full, no permission.</exception>
    public static async Task<string> WriteAsync(string catalogFolder, string dataset, string label, CancellationToken cancellation)
    {
        var catalog = new CatalogReader(catalogFolder);
        var image = (await catalog.ReadVolumesAsync(cancellation)).First(volume => volume.Dataset == dataset && volume.Level == 0);
        var folder = image.Path[..image.Path.LastIndexOf('/')];
        var group = catalog.Locate(folder);
        var layers = new JsonArray(Image(group, folder));
        foreach (var volume in Directory.EnumerateDirectories(Path.Combine(group, "predictions")).Where(IsGroup).Select(volume => Path.GetFileName(volume)).Order(StringComparer.Ordinal))
            layers.Add((JsonNode)Layer("image", $"{volume}, probability", $"{folder}/predictions/{volume}", isVisible: false, ("shader", Red)));
        foreach (var name in Labels(group))
        {
            var isPredicted = name.StartsWith("prediction/", StringComparison.Ordinal);
            var isShown = name[(name.IndexOf('/') + 1)..] == label;
            layers.Add((JsonNode)(isShown || isPredicted
                ? Layer("segmentation", name, $"{folder}/labels/{name}", isShown, ("selectedAlpha", 0.35), ("segmentDefaultColor", isPredicted ? Found : Truth))
                : Layer("segmentation", name, $"{folder}/labels/{name}", isShown)));
        }

        var (z, y, x) = image.VoxelSize;
        // In the shortest edge of a voxel: a panel shows all of the volume.
        var shortest = Math.Min(Math.Min(z ?? 1, y ?? 1), x ?? 1);
        var longest = Math.Max(Math.Max(image.Shape[0] * (z ?? 1), image.Shape[1] * (y ?? 1)), image.Shape[2] * (x ?? 1)) / shortest;
        var state = new JsonObject
        {
            ["dimensions"] = new JsonObject { ["z"] = Edge(z), ["y"] = Edge(y), ["x"] = Edge(x) },
            ["position"] = new JsonArray([.. image.Shape.ToArray().Select(length => (JsonNode)(length / 2))]),
            ["displayDimensions"] = new JsonArray("x", "y", "z"),
            ["crossSectionScale"] = longest / 400,
            ["projectionScale"] = longest * 1.5,
            ["layers"] = layers,
            ["layout"] = "4panel",
        };
        AtomicFile.Write(Path.Combine(group, "predictions", "neuroglancer.json"), Encoding.UTF8.GetBytes(state.ToJsonString(Json)));
        return $"{Viewer}{Server}{folder}/predictions/neuroglancer.json";
    }

    private static JsonObject Image(string group, string folder)
    {
        var layer = Layer("image", Path.GetFileNameWithoutExtension(folder), folder, isVisible: true, ("shader", Grey));
        if (Attributes(group)["omero"]?["channels"]?[0]?["window"] is { } window)
            layer["shaderControls"] = new JsonObject { ["normalized"] = new JsonObject { ["range"] = new JsonArray(window["start"]!.DeepClone(), window["end"]!.DeepClone()) } };
        return layer;
    }

    private static JsonObject Layer(string type, string name, string folder, bool isVisible, params (string Key, JsonNode Value)[] more)
    {
        var layer = new JsonObject { ["type"] = type, ["name"] = name, ["source"] = $"{Server}{folder}/|zarr3:" };
        foreach (var (key, value) in more)
            layer[key] = value;
        if (!isVisible)
            layer["visible"] = false;
        return layer;
    }

    private static bool IsGroup(string folder) => File.Exists(Path.Combine(folder, "zarr.json"));

    private static IEnumerable<string> Labels(string group)
    {
        var folder = Path.Combine(group, "labels");
        return IsGroup(folder) ? Attributes(folder)["labels"]!.AsArray().Select(name => (string)name!).Order(StringComparer.Ordinal) : [];
    }

    private static JsonNode Attributes(string group) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(group, "zarr.json")))!["attributes"]!["ome"]!;

    // Neuroglancer counts in metres.
    private static JsonArray Edge(double? nanometres) => nanometres is { } edge ? [(double)((decimal)edge * 1e-9m), "m"] : [1, ""];
}
