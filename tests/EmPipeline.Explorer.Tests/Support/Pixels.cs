using SkiaSharp;

namespace EmPipeline.Explorer.Tests.Support;

/// <summary>A picture that came over the wire, as a browser decodes it.</summary>
internal sealed class Pixels : IDisposable
{
    private readonly SKBitmap _bitmap;

    private Pixels(SKBitmap bitmap) => _bitmap = bitmap;

    public int Width => _bitmap.Width;

    public int Height => _bitmap.Height;

    public SKColor this[int x, int y] => _bitmap.GetPixel(x, y);

    public static async Task<Pixels> GetAsync(HttpClient client, string address)
    {
        var bytes = await client.GetByteArrayAsync(address);
        using var codec = SKCodec.Create(new SKMemoryStream(bytes));
        // Colours as they were before they were multiplied by alpha.
        return new Pixels(SKBitmap.Decode(codec, new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul)));
    }

    public void Dispose() => _bitmap.Dispose();
}
