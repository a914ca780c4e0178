using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Explorer.Catalogue;
using EmPipeline.Explorer.Planes;

namespace EmPipeline.Explorer.Stores;

/// <summary>A state of Neuroglancer that shows a dataset's image with its labels over it, read from this server.</summary>
internal static class NeuroglancerState
{
    public const string Viewer = "https://neuroglancer-demo.appspot.com/";

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="address">This server, without a slash at the end.</param>
    /// <param name="place">z, y, x in voxels of the image's level 0; null: the middle.</param>
    public static JsonObject Make(string address, IReadOnlyList<Layer> layers, ContrastWindow? window, double[]? place)
    {
        var (finest, list) = (layers[0].Levels[0], new JsonArray());
        foreach (var layer in layers)
        {
            var json = new JsonObject
            {
                ["type"] = layer.IsLabel ? "segmentation" : "image",
                ["name"] = layer.IsLabel ? layer.Name : layer.Dataset,
                ["source"] = $"{address}/{layer.Group}/|zarr3:",
            };
            if (!layer.IsLabel && window is { } range)
                json["shaderControls"] = new JsonObject { ["normalized"] = new JsonObject { ["range"] = new JsonArray(range.Low, range.High) } };
            list.Add((JsonNode)json);
        }

        var dimensions = new JsonObject();
        for (var axis = 0; axis < 3; axis++)
            dimensions["zyx"[axis].ToString()] = finest.Size[axis] is { } size ? new JsonArray(double.Parse(size.ToString("R", CultureInfo.InvariantCulture) + "e-9", CultureInfo.InvariantCulture), "m") : new JsonArray(1, "");
        var position = new JsonArray();
        for (var axis = 0; axis < 3; axis++)
            position.Add((JsonNode)(place?[axis] ?? (finest.Shape[axis] / 2)));
        return new JsonObject { ["dimensions"] = dimensions, ["position"] = position, ["layers"] = list, ["layout"] = "4panel" };
    }

    public static string Link(JsonObject state) => string.Create(CultureInfo.InvariantCulture, $"{Viewer}#!{Uri.EscapeDataString(state.ToJsonString(Compact))}");
}
