using System.Text.Json;
using PureHDF;

namespace EmPipeline.Formats.Hdf5;

/// <summary>The attribute "axistags" of ilastik and vigra: a JSON list of axes with a key of one letter each.</summary>
internal static class Hdf5AxisTags
{
    /// <summary>The letters in the order of the dataset; null where nothing valid is stated.</summary>
    public static string? Letters(IH5Object dataset, int rank)
    {
        if (Hdf5Attributes.Text(dataset, "axistags") is not { } json)
            return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            var letters = document.RootElement.GetProperty("axes").EnumerateArray()
                .Select(axis => axis.GetProperty("key").GetString() is [var letter] && "zyxtc".Contains(letter) ? letter : '?')
                .ToArray();
            return letters.Length == rank ? new string(letters) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
