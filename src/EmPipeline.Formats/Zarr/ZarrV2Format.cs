using EmPipeline.Formats.Attributes;
using EmPipeline.Formats.Codecs;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.V2;

namespace EmPipeline.Formats.Zarr;

/// <summary>Zarr version 2: arrays and hierarchies, with the metadata of OME-NGFF 0.1 to 0.4.</summary>
public sealed class ZarrV2Format : IFormat
{
    private const int ProbedKeys = 10_000;

    public string Name => "zarr2";

    public FormatDescription Description { get; } = new(
        "Zarr v2",
        [".zarr", ".zr"],
        [
            "Arrays and hierarchies, consolidated or not; any path inside one.",
            "Compressors blosc (blosclz, lz4, lz4hc, snappy, zlib, zstd; byte and bit shuffle), zstd, gzip, zlib, lz4, bz2, lzma (.xz and .lzma), none.",
            "Filters delta, fixedscaleoffset, shuffle, quantize, bitround, astype, packbits, base64, crc32, crc32c, adler32, fletcher32.",
            "C and Fortran order, both byte orders, both separators, bool, integers and floats of 8 to 64 bits, complex as two floats.",
            "OME-NGFF 0.1 to 0.4 multiscales: axes, levels, voxel size; resolution or voxel_size attributes of daisy and funlib.",
            "Groups on servers without listings, where multiscales or consolidated metadata name the arrays.",
        ],
        [
            "Texts, records, dates and objects are no voxels: such arrays are left out of a group's volumes.",
            "Other codecs (zfpy, pcodec, jpeg …): such arrays are listed, their voxels are refused.",
            "Chunks of Blosc 2's extended format, which Zarr v2 writers do not write.",
        ],
        new Uri("https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html"));

    public IReadOnlyCollection<string> AttributeFiles { get; } = [".zgroup", ".zattrs", ".zarray", ".zmetadata"];

    public async ValueTask<bool> RecognisesAsync(VolumeProbe probe, CancellationToken cancellation = default)
    {
        if (probe.IsFile)
            return false;
        // A folder that is no group itself may still hold arrays.
        return await ZarrV2Hierarchy.IsAtAsync(probe.Path, cancellation)
            || await ArrayHierarchy.HoldsArraysAsync(probe.Path, ZarrV2Metadata.FileName, ProbedKeys, _ => ValueTask.FromResult(true), cancellation);
    }

    public IAsyncEnumerable<StoredAttribute> AttributesAsync(VolumePath file, CancellationToken cancellation = default) => JsonAttributes.ReadAsync(file, cancellation);

    public async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, CancellationToken cancellation = default)
    {
        var hierarchy = new ZarrV2Hierarchy(path);
        return await ArrayHierarchy.OpenAsync(await hierarchy.ArraysAsync(cancellation), array => OpenArrayAsync(hierarchy, path, array, cancellation));
    }

    private async ValueTask<ArrayHierarchy.OpenedArray> OpenArrayAsync(
        ZarrV2Hierarchy hierarchy, VolumePath opened, string array, CancellationToken cancellation)
    {
        var metadata = await hierarchy.MetadataAsync(array, cancellation);
        var chain = ZarrV2Chain.Of(metadata, ArchiveCodecs.All);
        var attributes = await hierarchy.AttributesAsync(array, cancellation);
        var found = await hierarchy.LevelAsync(array, cancellation);
        var info = ZarrV2Info.Of(Name, ArrayHierarchy.NameBelow(opened, array), metadata, attributes, found?.Level);
        return new(found?.Group ?? array, info.Level, new ZarrV2Reader(opened with { Key = array }, metadata, chain, info));
    }
}
