using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>How the pixels of a page are stored: in a grid of segments, which are strips (as wide as the page) or tiles.</summary>
internal sealed record TiffPageForm
{
    public TiffLayout Layout { get; private init; }

    public TiffCompression Compression { get; private init; }

    /// <summary>1 none, 2 horizontal differences, 3 floating point differences. Without compression there is none, whatever the tag says.</summary>
    public int Predictor { get; private init; }

    public int Photometric { get; private init; }

    /// <summary>The first pixel is in the lowest bits of a byte (FillOrder 2).</summary>
    public bool ReversedBits { get; private init; }

    /// <summary>The bytes of one voxel of a segment that was never written (sparse files): zero, or what GDAL's tag says.</summary>
    public byte[] FillValue => TiffFill.Of(Layout.Type!.Value, FillText);

    /// <summary>The value as GDAL's tag states it; null without the tag.</summary>
    public string? FillText { get; private init; }

    public bool IsTiled { get; private init; }

    /// <summary>Pixels of a segment; tiles at the right and lower edge are padded to it, the last strip is not.</summary>
    public int SegmentWidth { get; private init; }

    public int SegmentHeight { get; private init; }

    public int SegmentsAcross => (int)(((long)Layout.Width + SegmentWidth - 1) / SegmentWidth);

    public int SegmentsDown => (int)(((long)Layout.Height + SegmentHeight - 1) / SegmentHeight);

    /// <summary>Over all planes.</summary>
    public long SegmentCount => (long)SegmentsAcross * SegmentsDown * Layout.Planes;

    /// <summary>Bytes of one row of a segment, decompressed; rows start at whole bytes.</summary>
    public long SegmentRowBytes => (((long)SegmentWidth * Layout.SamplesPerPlane * Layout.Bits) + 7) / 8;

    /// <summary>Voxels lie in the file as they are delivered, but for the byte order.</summary>
    public bool IsDirect => Compression == TiffCompression.None && Layout.IsNative && !ReversedBits;

    /// <summary>Rows that are stored of the segments of grid row <paramref name="down"/>.</summary>
    public int StoredRows(int down) => IsTiled ? SegmentHeight : (int)Math.Min(SegmentHeight, Layout.Height - ((long)down * SegmentHeight));

    /// <exception cref="EmException">A tag contradicts the format, or asks for what is not supported.</exception>
    public static async ValueTask<TiffPageForm> ReadAsync(TiffDirectory directory, CancellationToken cancellation)
    {
        ValueTask<long> Number(TiffTag tag, long missing) => directory.NumberAsync(tag, missing, cancellation);

        var width = Extent(directory, "ImageWidth", await Number(TiffTag.ImageWidth, 0));
        var height = Extent(directory, "ImageLength", await Number(TiffTag.ImageLength, 0));
        var tiled = await directory.HasAsync(TiffTag.TileWidth, cancellation);
        var rowsPerStrip = await Number(TiffTag.RowsPerStrip, 0);
        // RowsPerStrip is often absent or 2^32 - 1: one strip.
        var segmentHeight = tiled
            ? Extent(directory, "TileLength", await Number(TiffTag.TileLength, 0))
            : rowsPerStrip <= 0 ? height : (int)Math.Min(rowsPerStrip, height);
        var compression = (TiffCompression)await Number(TiffTag.Compression, 1);
        var form = new TiffPageForm
        {
            Layout = await LayoutAsync(directory, width, height, cancellation),
            Compression = compression,
            Predictor = compression == TiffCompression.None ? 1 : (int)await Number(TiffTag.Predictor, 1),
            Photometric = (int)await Number(TiffTag.PhotometricInterpretation, 1),
            ReversedBits = compression != TiffCompression.Jpeg && await Number(TiffTag.FillOrder, 1) == 2,
            IsTiled = tiled,
            SegmentWidth = tiled ? Extent(directory, "TileWidth", await Number(TiffTag.TileWidth, 0)) : width,
            SegmentHeight = segmentHeight,
        };
        await TiffSupport.CheckAsync(directory, form, cancellation);
        return form with { FillText = await directory.TextAsync(TiffTag.GdalNoData, cancellation) };
    }

    private static async ValueTask<TiffLayout> LayoutAsync(TiffDirectory directory, int width, int height, CancellationToken cancellation)
    {
        // Where the number of samples is left out, there is one for each of their sizes.
        var sizes = (await directory.FindAsync(TiffTag.BitsPerSample, cancellation))?.Count ?? 1;
        var samples = Extent(
            directory, "SamplesPerPixel", await directory.NumberAsync(TiffTag.SamplesPerPixel, Math.Max(1, sizes), cancellation), ushort.MaxValue);
        var bits = await UniformAsync(directory, TiffTag.BitsPerSample, 1, cancellation);
        var format = (TiffSampleFormat)await UniformAsync(directory, TiffTag.SampleFormat, 1, cancellation);
        var planar = samples > 1 && await directory.NumberAsync(TiffTag.PlanarConfiguration, 1, cancellation) == 2;
        var layout = new TiffLayout(width, height, samples, (int)Math.Min(bits, int.MaxValue), format, planar);
        return layout.IsComplex ? layout with { Samples = 2 * samples, Bits = layout.Bits / 2 } : layout;
    }

    /// <summary>The one value that all samples share.</summary>
    private static async ValueTask<long> UniformAsync(TiffDirectory directory, TiffTag tag, long missing, CancellationToken cancellation)
    {
        if (await directory.FindAsync(tag, cancellation) is { Count: <= 1 })
            return await directory.NumberAsync(tag, missing, cancellation);
        var values = await directory.NumbersAsync(tag, cancellation) ?? [missing];
        foreach (var value in values)
        {
            if (value != values[0])
                throw EmException.Unsupported(directory.Place, $"samples of different {tag} ({string.Join(", ", values)})");
        }

        return values[0];
    }

    private static int Extent(TiffDirectory directory, string name, long value, int maximum = int.MaxValue) =>
        value >= 1 && value <= maximum
            ? (int)value
            : throw EmException.Corrupt(directory.Place, $"got {name} {value}, expected 1 to {maximum}.");
}
