using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>
/// One page: where its pixels are stored, and how. The segments' places are read from the file when a voxel of the page is first asked for.
/// A stack may have a million pages, so they share what is the same.
/// </summary>
internal sealed class TiffPage(TiffDirectory directory, TiffPageForm form)
{
    private TiffSegments? _segments;

    /// <summary>Without its entries' bytes.</summary>
    public TiffDirectory Directory { get; } = directory.Unloaded();

    public TiffFile File => Directory.File;

    /// <summary>How the pixels are stored.</summary>
    public TiffPageForm Form => form;

    /// <summary>The places of the segments, row by row, plane by plane.</summary>
    public async ValueTask<TiffSegments> SegmentsAsync(CancellationToken cancellation)
    {
        if (_segments is { } known)
            return known;
        var segments = await TiffSegments.ReadAsync(this, cancellation);
        // The tables of an honest file are parts of it; pages that share one would keep many times its length.
        if (File.TryKeep(segments.Count * sizeof(uint)))
            _segments = segments;
        return segments;
    }

    /// <summary>Reads how a page's pixels are stored.</summary>
    /// <param name="before">The page before, whose form is taken where it is the same; null for the first.</param>
    /// <exception cref="EmException">A tag contradicts the format, or asks for what is not supported.</exception>
    public static async ValueTask<TiffPage> ReadAsync(TiffDirectory directory, TiffPage? before, CancellationToken cancellation)
    {
        var form = await TiffPageForm.ReadAsync(directory, cancellation);
        return new TiffPage(directory, form.Equals(before?.Form) ? before.Form : form);
    }
}
