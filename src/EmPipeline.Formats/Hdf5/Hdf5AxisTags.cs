using System.Text.Json;
using PureHDF;

namespace EmPipeline.Formats.Hdf5;

/// <summary>
/// The names of a dataset's axes: the attribute "axistags" of ilastik and vigra, a JSON list of axes with a key of one letter each, or the
/// labels of HDF5's dimension scales.
/// </summary>
internal static class Hdf5AxisTags
{
    private const string Known = "zyxtc";

    /// <summary>The letters in the order of the dataset; null where nothing valid is stated.</summary>
    public static string? Letters(IH5Object dataset, int rank) => Tags(dataset, rank) ?? Labels(dataset, rank);

    private static string? Tags(IH5Object dataset, int rank)
    {
        if (Hdf5Attributes.Text(dataset, "axistags") is not { } json)
            return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            var letters = document.RootElement.GetProperty("axes").EnumerateArray()
                .Select(axis => axis.GetProperty("key").GetString() is [var letter] && Known.Contains(letter) ? letter : '?')
                .ToArray();
            return letters.Length == rank ? new string(letters) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Labels(IH5Object dataset, int rank)
    {
        if (Hdf5Attributes.Texts(dataset, "DIMENSION_LABELS") is not { } labels || labels.Length != rank)
            return null;
        // Names that are not all known and different are no better than the order.
        var letters = string.Concat(labels.Select(label => label.ToLowerInvariant()));
        return letters.Length == rank && letters.All(Known.Contains) && letters.Distinct().Count() == rank ? letters : null;
    }
}
