using SkiaSharp;

namespace EmPipeline.Benchmarks;

/// <summary>Real grey values: the FIB-25 slices that stand beside the repository, mirrored at their borders to any size.</summary>
internal sealed class Content
{
    private const string Folder = "realdata/em/fib25_520";
    private readonly byte[][] _slices;
    private readonly int _height;
    private readonly int _width;

    private Content(byte[][] slices, int height, int width) => (_slices, _height, _width) = (slices, height, width);

    /// <summary>The slices; null where they are absent.</summary>
    public static Content? Load() =>
        FindShared(Folder) is { } folder ? Read(Directory.GetFiles(folder, "*.png").Order(StringComparer.Ordinal)) : null;

    /// <summary>A file or folder of the collections beside the repository; null where it is absent.</summary>
    public static string? FindShared(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", relative);
            if (Path.Exists(candidate))
                return candidate;
        }

        return null;
    }

    /// <summary>Writes plane <paramref name="z"/> of an endless mirrored volume.</summary>
    public void Plane(long z, int height, int width, Span<byte> target)
    {
        var slice = _slices[Mirror(z, _slices.Length)];
        for (var y = 0; y < height; y++)
        {
            var row = slice.AsSpan(Mirror(y, _height) * _width, _width);
            for (var x = 0; x < width; x++)
                target[(y * width) + x] = row[Mirror(x, _width)];
        }
    }

    /// <summary>Makes a plain file of 8-bit voxels, C order, unless it is there.</summary>
    public string RawFile(string folder, int depth, int height, int width)
    {
        var path = Path.Combine(folder, $"fib25-{depth}x{height}x{width}.raw");
        if (File.Exists(path) && new FileInfo(path).Length == (long)depth * height * width)
            return path;
        var plane = new byte[height * width];
        // Written in large pieces, as a download is, so that the page cache holds it in large pieces too.
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 8 << 20);
        for (var z = 0; z < depth; z++)
        {
            Plane(z, height, width, plane);
            file.Write(plane);
        }

        return path;
    }

    private static Content Read(IEnumerable<string> paths)
    {
        var slices = new List<byte[]>();
        var (height, width) = (0, 0);
        foreach (var path in paths)
        {
            using var bitmap = SKBitmap.Decode(path);
            (height, width) = (bitmap.Height, bitmap.Width);
            var slice = new byte[height * width];
            var pixels = bitmap.GetPixelSpan();
            var (rowBytes, pixelBytes) = (bitmap.RowBytes, bitmap.BytesPerPixel);
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                    slice[(y * width) + x] = pixels[(y * rowBytes) + (x * pixelBytes)];
            }

            slices.Add(slice);
        }

        return new Content([.. slices], height, width);
    }

    private static int Mirror(long at, int length)
    {
        var within = (int)(at % (2L * length));
        return within < length ? within : (2 * length) - 1 - within;
    }
}
