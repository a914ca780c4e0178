using EmPipeline.Formats.Attributes;
using EmPipeline.Formats.Tiff.Metadata;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tiff;

/// <summary>TIFF 6.0 and BigTIFF, with the conventions of ImageJ, OME, tifffile and the microscope makers on top.</summary>
public sealed class TiffFormat : IFormat
{
    public string Name => "tiff";

    public FormatDescription Description { get; } = new(
        "TIFF and BigTIFF",
        [".tif", ".tiff", ".btf", ".tf8", ".tf2"],
        [
            "classic and BigTIFF, both byte orders, files of any size",
            "strips and tiles, chunky and planar samples, sparse segments with GDAL's no-data value",
            "no compression, PackBits, LZW (also the old bit order), Deflate, Zstd, JPEG, CCITT fax",
            "predictors 2 and 3, FillOrder 2",
            "integers of 1 to 64 bits, floats of 16, 24, 32 and 64 bits, complex numbers as an axis of two",
            "multi-page stacks as one volume; pages of other sizes or types, and full images in sub-directories, as further arrays",
            "ImageJ stacks and hyperstacks, those above 4 GiB with one directory too; tifffile's shapes",
            "OME-TIFF: dimension order, plane table, several files, physical sizes with units",
            "voxel size from OME, ImageJ, FEI, Zeiss, Gatan and Olympus tags; from the resolution tags only below 1 µm",
            "uncompressed voxels are read straight from the file, by row",
        ],
        [
            "old-style JPEG, JPEG 2000, LERC, LZMA, WebP: not used for EM volumes",
            "pages of several sections (ImageDepth) and pixels of several complex numbers: no microscope writes them",
            "samples of different size in one pixel, and YCbCr with subsampling outside JPEG: no one type fits",
            "palettes, MinIsWhite and YCbCr stay as stored: values, not colours, are the data",
            "pages marked as reduced (thumbnails, pyramid levels) and the previews of Olympus files are left out",
        ],
        new Uri("https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf"));

    public ValueTask<bool> RecognisesAsync(VolumeProbe probe, CancellationToken cancellation = default) =>
        ValueTask.FromResult(probe.IsFile && TiffHeader.IsTiff(probe.Head.Span));

    public async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, CancellationToken cancellation = default)
    {
        var file = await TiffFile.OpenAsync(path, cancellation);
        var described = await TiffSeriesBuilder.BuildAsync(file, cancellation);
        var readers = new List<IVolumeReader>(described.Count);
        foreach (var (series, size, notes) in described)
        {
            // Of the first page, so that truncation and contradictions show when the file is opened, before anything is read.
            await series.First.SegmentsAsync(cancellation);
            readers.Add(new TiffVolumeReader(series, await InfoAsync(series, size, notes, cancellation)));
        }

        return readers;
    }

    public IAsyncEnumerable<StoredAttribute> AttributesAsync(VolumePath file, CancellationToken cancellation = default) => TiffAttributes.ReadAsync(file, cancellation);

    private static async ValueTask<VolumeInfo> InfoAsync(
        TiffSeries series, StatedSize described, IReadOnlyList<MetadataValue> notes, CancellationToken cancellation)
    {
        var (size, metadata) = await TiffMetadata.ReadAsync(await series.First.Directory.LoadedAsync(cancellation), described, cancellation);
        var (axes, shape) = series.First.Form.Layout.Page;
        // One letter stands for one axis: where channels are stacked, the samples of a pixel stay unnamed.
        if (series.Axes.Contains('c', StringComparison.Ordinal))
            axes = axes.Replace('c', '?');
        var whole = new NdIndex([.. series.Shape.ToArray(), .. shape]);
        return new VolumeInfo
        {
            Name = series.Name,
            Format = "tiff",
            Shape = whole,
            Axes = series.Axes + axes,
            Type = series.First.Form.Layout.Type!.Value,
            Grain = TiffGrain.Of(series, whole),
            Advice = TiffGrain.AdviceOf(series, whole),
            VoxelSize = size.Size,
            VoxelSizeOrigin = size.Origin,
            Metadata = [.. metadata, .. notes],
        };
    }
}
