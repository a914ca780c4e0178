using EmPipeline.Formats.Attributes;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats;

/// <summary>What is known of a path before a format is chosen.</summary>
/// <param name="Head">The first bytes of the file (up to 4 KiB); empty for a folder.</param>
/// <param name="IsFile">False for a folder (a key prefix).</param>
public readonly record struct VolumeProbe(VolumePath Path, bool IsFile, ReadOnlyMemory<byte> Head)
{
    public string Extension => System.IO.Path.GetExtension(Path.Key).ToLowerInvariant();
}

/// <summary>One row of <c>docs/formats.md</c>.</summary>
/// <param name="Title">"TIFF and BigTIFF".</param>
/// <param name="Features">What is read, a short sentence each.</param>
/// <param name="Limits">What is not, a short sentence each, with the reason.</param>
/// <param name="Specification">The address of the text that the reader follows.</param>
/// <param name="Written">What is written, a short sentence; null for a format that is only read.</param>
public sealed record FormatDescription(
    string Title, IReadOnlyList<string> Extensions, IReadOnlyList<string> Features, IReadOnlyList<string> Limits, Uri Specification, string? Written = null);

/// <summary>
/// A file format: recognises a path and opens the arrays in it. Stateless, safe for concurrent use. One folder a format; the list of
/// all is <see cref="FormatRegistry"/>.
/// </summary>
public interface IFormat
{
    /// <summary>The name used in <c>pipeline.yaml</c> and in <see cref="VolumeInfo.Format"/>: "tiff", "dm", "zarr".</summary>
    string Name { get; }

    FormatDescription Description { get; }

    /// <summary>Whether this path is of this format, by content (magic bytes, marker files), not by name alone.</summary>
    ValueTask<bool> RecognisesAsync(VolumeProbe probe, CancellationToken cancellation = default);

    /// <summary>
    /// Opens every array at the path, in the order the file lists them, finest level first. The caller disposes the readers.
    /// Reads headers only; memory follows from what the file really holds, not from what a header claims.
    /// </summary>
    /// <exception cref="EmException">Corrupt or unsupported content.</exception>
    ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, CancellationToken cancellation = default);

    /// <summary>
    /// The names of the files that state something, of a format whose voxels lie in files of their own (chunks): the others need not be opened.
    /// Empty where every file states something, and files that follow one another state the same things of each section.
    /// </summary>
    IReadOnlyCollection<string> AttributeFiles => [];

    /// <summary>
    /// Everything that one file states, as it is stored, in the file's order: every tag, attribute and field of a header. Reads no voxels; memory
    /// follows from what the file holds.
    /// </summary>
    /// <exception cref="EmException">The file is gone, or not of this format.</exception>
    IAsyncEnumerable<StoredAttribute> AttributesAsync(VolumePath file, CancellationToken cancellation = default);
}
