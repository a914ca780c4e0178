using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>Refuses, when a file is opened, the pages that could not be read later.</summary>
internal static class TiffSupport
{
    private const int YCbCr = 6;

    /// <exception cref="EmException">The page is contradictory or of a kind that is not read.</exception>
    public static async ValueTask CheckAsync(TiffDirectory directory, TiffPageForm form, CancellationToken cancellation)
    {
        var (layout, place) = (form.Layout, directory.Place);
        if (layout.Type is null)
            throw EmException.Unsupported(place, $"{layout.Bits} bits of sample format {(int)layout.Format} ({layout.Format})");
        CheckSizes(directory, form);
        if (!Enum.IsDefined(form.Compression))
            throw EmException.Unsupported(place, $"compression {(int)form.Compression}{Named((int)form.Compression)}");
        if (layout.IsComplex && !layout.Planar && layout.Samples > 2)
            throw EmException.Unsupported(place, "a pixel of several complex numbers");
        if (form.Predictor is < 1 or > 3)
            throw EmException.Unsupported(place, $"predictor {form.Predictor}");
        if (form.Predictor != 1 && layout.IsComplex)
            throw EmException.Unsupported(place, $"predictor {form.Predictor} on complex numbers");
        if (form.Predictor == 2 && layout.Format == TiffSampleFormat.Float && !layout.IsNative)
            throw EmException.Unsupported(place, $"predictor 2 on floats of {layout.Bits} bits");
        if (form.Predictor == 3 && layout.Format != TiffSampleFormat.Float)
            throw EmException.Corrupt(place, $"got predictor 3 on sample format {(int)layout.Format}, expected floating point (3).");
        if (form.Compression == TiffCompression.Jpeg && (layout.Bits != 8 || layout.SamplesPerPlane > 4))
            throw EmException.Unsupported(place, $"JPEG of {layout.SamplesPerPlane} samples of {layout.Bits} bits");
        if (form.Compression is TiffCompression.CcittHuffman or TiffCompression.CcittGroup3 or TiffCompression.CcittGroup4 && (layout.Bits != 1 || layout.SamplesPerPlane != 1))
            throw EmException.Corrupt(place, $"got CCITT compression of {layout.SamplesPerPlane} samples of {layout.Bits} bits, expected one of one bit.");
        if (await directory.NumberAsync(TiffTag.ImageDepth, 1, cancellation) > 1)
            throw EmException.Unsupported(place, "ImageDepth above 1");
        if (form.Photometric == YCbCr && form.Compression != TiffCompression.Jpeg)
            await CheckSubsamplingAsync(directory, cancellation);
    }

    /// <summary>Nothing computed from the stated sizes overflows after this, and the table of segments can exist in the file.</summary>
    private static void CheckSizes(TiffDirectory directory, TiffPageForm form)
    {
        var (layout, place) = (form.Layout, directory.Place);
        var bytes = (Int128)layout.Width * layout.Height * layout.Samples * layout.Type!.Value.Size();
        if (bytes > long.MaxValue / 2)
            throw EmException.Corrupt(place, $"got an image of {bytes} bytes, expected one that a file can hold.");
        var segments = (Int128)form.SegmentsAcross * form.SegmentsDown * layout.Planes;
        if (segments > directory.File.Length)
            throw EmException.Corrupt(place, $"got {segments} strips or tiles, expected at most one for each of the file's {directory.File.Length} bytes.");
        var row = (Int128)form.SegmentWidth * layout.SamplesPerPlane * layout.Type.Value.Size();
        if (form.Compression != TiffCompression.None && row * form.SegmentHeight > Array.MaxLength)
            throw EmException.Unsupported(place, $"a compressed strip or tile of {row * form.SegmentHeight} bytes");
        if (row > Array.MaxLength)
            throw EmException.Unsupported(place, $"a row of {row} bytes");
    }

    // Without JPEG, two-by-two chroma is stored in an order of its own; the tag's default is 2, 2.
    private static async ValueTask CheckSubsamplingAsync(TiffDirectory directory, CancellationToken cancellation)
    {
        var subsampling = await directory.NumbersAsync(TiffTag.YCbCrSubsampling, cancellation) ?? [2, 2];
        if (Array.Exists(subsampling, value => value != 1))
            throw EmException.Unsupported(directory.Place, $"YCbCr with subsampling {string.Join(", ", subsampling)} outside JPEG");
    }

    private static string Named(int compression) => compression switch
    {
        6 => " (old-style JPEG)",
        32809 => " (ThunderScan)",
        33003 or 33004 or 33005 or 34712 => " (JPEG 2000)",
        34676 or 34677 => " (SGI LogLuv)",
        34887 => " (LERC)",
        34925 => " (LZMA)",
        50001 => " (WebP)",
        50002 => " (JPEG XL)",
        _ => "",
    };
}
