using System.Text.Json;

namespace EmPipeline.Explorer.Planes;

/// <summary>The grey values between black and white.</summary>
/// <param name="Min">The least that makes sense: the type's, or of floats the least found.</param>
/// <param name="Low">Shown black.</param>
/// <param name="High">Shown white.</param>
internal readonly record struct ContrastWindow(double Min, double Max, double Low, double High)
{
    /// <summary>What an image's group states of itself (OME's <c>omero</c>); null where it states nothing.</summary>
    public static ContrastWindow? Read(string group)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(group, "zarr.json")));
            var window = json.RootElement.GetProperty("attributes").GetProperty("ome").GetProperty("omero").GetProperty("channels")[0].GetProperty("window");
            double Number(string name) => window.GetProperty(name).GetDouble();
            return new ContrastWindow(Number("min"), Number("max"), Number("start"), Number("end"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            // It need not state any.
            return null;
        }
    }
}
