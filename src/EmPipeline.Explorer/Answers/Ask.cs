using System.Globalization;
using EmPipeline.Catalog;
using EmPipeline.Explorer.Catalogue;
using EmPipeline.Explorer.Planes;
using EmPipeline.Explorer.Requests;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Answers;

/// <summary>What requests name, looked up; what is not there is refused.</summary>
internal static class Ask
{
    /// <summary>Texts of ten megabytes would stop the page.</summary>
    public static QueryLimits Brief { get; } = new() { Letters = 2000 };

    /// <exception cref="RefusedException">There is no such dataset.</exception>
    public static IReadOnlyList<Layer> Layers(CatalogueState state, string dataset) =>
        state.Layers.GetValueOrDefault(dataset) ?? throw RefusedException.NotFound(dataset);

    /// <exception cref="RefusedException">There is no such layer or level.</exception>
    public static (Layer Layer, LayerLevel Level) Level(CatalogueState state, string dataset, string layer, int level)
    {
        var found = state.Find(dataset, layer) ?? throw RefusedException.NotFound($"{dataset} {layer}");
        return (found, found.Levels.FirstOrDefault(one => one.Level == level) ?? throw RefusedException.NotFound($"{dataset} {layer} level {level}"));
    }

    /// <exception cref="RefusedException">It is no axis.</exception>
    public static int Axis(string letter) => TileAddress.AxisOf(letter) ?? throw RefusedException.Wrong($"axis: got '{letter}', expected z, y or x.");

    /// <exception cref="RefusedException">It is no finite number.</exception>
    public static double? Number(HttpRequest request, string name)
    {
        var text = request.Query[name].ToString();
        if (text.Length == 0)
            return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw RefusedException.Wrong($"{name}: got '{text}', expected a number.");
    }

    /// <summary>A text within SQL.</summary>
    /// <exception cref="RefusedException">It holds a zero, at which SQL would end.</exception>
    public static string Quote(string text) =>
        text.Contains('\0') ? throw RefusedException.Wrong("got a text with a zero in it, expected one without.") : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
