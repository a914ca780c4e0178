using BitMiracle.LibTiff.Classic;

namespace EmPipeline.Demo.Tests.Support;

/// <summary>A TIFF stack as LibTiff.NET reads it.</summary>
internal static class LibTiffStack
{
    /// <summary>All pages' pixels, and what <paramref name="inspect"/> says of each page.</summary>
    public static (byte[] Voxels, List<T> Pages) Read<T>(string path, Func<Tiff, T> inspect)
    {
        using var tiff = Tiff.Open(path, "rc"); // c: strips as they are, not chopped
        using var voxels = new MemoryStream();
        var pages = new List<T>();
        do
        {
            pages.Add(inspect(tiff));
            var strip = new byte[tiff.StripSize()];
            for (var i = 0; i < tiff.NumberOfStrips(); i++)
                voxels.Write(strip, 0, tiff.ReadEncodedStrip(i, strip, 0, -1));
        }
        while (tiff.ReadDirectory());
        return (voxels.ToArray(), pages);
    }

    public static int Number(this Tiff tiff, TiffTag tag) => tiff.GetField(tag)[0].ToInt();

    public static string Text(this Tiff tiff, TiffTag tag) => tiff.GetField(tag)[0].ToString();
}
