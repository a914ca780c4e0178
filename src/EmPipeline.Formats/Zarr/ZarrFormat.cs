using EmPipeline.Formats.Attributes;
using EmPipeline.Formats.Codecs;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Formats.Zarr;

/// <summary>Zarr v3 arrays and groups, sharded or not, with OME-Zarr 0.5 metadata where there is some.</summary>
public sealed class ZarrFormat : IFormat
{
    internal const string FormatName = ZarrHierarchy.FormatName;

    private const int ProbedKeys = 10_000;

    public string Name => FormatName;

    public FormatDescription Description { get; } = new(
        "Zarr v3 and OME-Zarr 0.5",
        [".zarr"],
        [
            "Arrays of any rank up to 8, and every array of a group.",
            "Codecs bytes (both byte orders), transpose, gzip, zstd, blosc, crc32c, and sharding_indexed with its index at the start or the end, nested too.",
            "Chunk keys 'default' and 'v2'; fill values of every form; bool, integers of 8 to 64 bits, floats of 16 to 64.",
            "OME-Zarr multiscales: axes, levels, voxel size.",
        ],
        [
            "Grids other than 'regular', storage transformers, complex and raw-bit types: nobody is known to publish EM data that way.",
            "A chunk or inner chunk of 2 GiB or more.",
        ],
        new Uri("https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html"),
        Written: "Shards of inner chunks, zstd, LZ4 (in Blosc) or raw, crc32c on every chunk and on the index at the end.");

    public IReadOnlyCollection<string> AttributeFiles { get; } = ["zarr.json"];

    public async ValueTask<bool> RecognisesAsync(VolumeProbe probe, CancellationToken cancellation = default)
    {
        if (probe.IsFile)
            return false;
        return await probe.Path.Store.FindAsync(probe.Path.Child(ZarrHierarchy.MetadataName), cancellation) is not null
            // Implicit groups are no longer in the format, but exist: folders of arrays without metadata of their own.
            || await ArrayHierarchy.HoldsArraysAsync(
                probe.Path, ZarrHierarchy.MetadataName, ProbedKeys, array => ValueTask.FromResult(!array[probe.Path.Prefix.Length..].Contains('/')), cancellation);
    }

    public IAsyncEnumerable<StoredAttribute> AttributesAsync(VolumePath file, CancellationToken cancellation = default) => JsonAttributes.ReadAsync(file, cancellation);

    public ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, CancellationToken cancellation = default) =>
        ZarrHierarchy.OpenAsync(path, ArchiveCodecs.All, cancellation);
}
