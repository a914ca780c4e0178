using EmPipeline.Explorer.Planes;
using EmPipeline.Explorer.Requests;
using Microsoft.AspNetCore.Http;
using SkiaSharp;

namespace EmPipeline.Explorer.Answers;

/// <summary>A tile of an image (JPEG, or PNG where that is asked for) or of a label (PNG).</summary>
internal sealed class TileAnswer(Shown shown)
{
    private readonly TilePainter _painter = new(shown.Arrays);

    public async Task ImageAsync(HttpContext context, string dataset, int level, string axis, long index, int row, int column)
    {
        var cancellation = context.RequestAborted;
        var state = await shown.Catalogue.GetAsync(cancellation);
        var (layer, array) = Ask.Level(state, dataset, Catalogue.Layer.Image, level);
        var tile = new TileAddress(Ask.Axis(axis), index, row, column);
        var box = tile.In(array.Shape) ?? throw RefusedException.NotFound("that tile");
        var (low, high) = (Ask.Number(context.Request, "low"), Ask.Number(context.Request, "high"));
        if (low is null || high is null)
        {
            var window = await shown.WindowAsync(layer, cancellation);
            (low, high) = (low ?? window.Low, high ?? window.High);
        }

        var exact = context.Request.Query["format"] == "png";
        using var picture = await _painter.ImageAsync(array, state.Version, tile, box, (low.Value, high.Value), exact, cancellation);
        await SendAsync(context, picture, exact ? "image/png" : "image/jpeg");
    }

    public async Task LabelAsync(HttpContext context, string dataset, string origin, string label, int level, string axis, long index, int row, int column)
    {
        var state = await shown.Catalogue.GetAsync(context.RequestAborted);
        var (layer, array) = Ask.Level(state, dataset, $"{origin}/{label}", level);
        var tile = new TileAddress(Ask.Axis(axis), index, row, column);
        var box = tile.In(array.Shape) ?? throw RefusedException.NotFound("that tile");
        using var picture = await _painter.LabelAsync(array, state.Version, tile, box, layer.Unknown, context.RequestAborted);
        await SendAsync(context, picture, "image/png");
    }

    /// <summary>A dataset at a glance: the middle plane of the coarsest level that fills a card.</summary>
    public async Task CardAsync(HttpContext context, string dataset)
    {
        var state = await shown.Catalogue.GetAsync(context.RequestAborted);
        var layer = Ask.Layers(state, dataset)[0];
        var array = layer.Levels.LastOrDefault(level => level.Shape[1] >= 256 && level.Shape[2] >= 256) ?? layer.Levels[0];
        // The middle of the plane, where it is larger than a tile.
        var tile = new TileAddress(0, array.Shape[0] / 2, (int)(array.Shape[1] / 2 / TileAddress.Edge), (int)(array.Shape[2] / 2 / TileAddress.Edge));
        var window = await shown.WindowAsync(layer, context.RequestAborted);
        using var picture = await _painter.ImageAsync(array, state.Version, tile, tile.In(array.Shape)!.Value, (window.Low, window.High), exact: false, context.RequestAborted);
        await SendAsync(context, picture, "image/jpeg");
    }

    private static async Task SendAsync(HttpContext context, SKData picture, string type)
    {
        var response = context.Response;
        (response.ContentType, response.ContentLength) = (type, picture.Size);
        // The page names the catalogue's version in its addresses, so what is kept is never stale.
        response.Headers.CacheControl = context.Request.Query.ContainsKey("v") ? "private, max-age=3600, immutable" : "no-cache";
        picture.AsSpan().CopyTo(response.BodyWriter.GetSpan((int)picture.Size));
        response.BodyWriter.Advance((int)picture.Size);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
