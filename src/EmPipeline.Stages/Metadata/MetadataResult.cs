using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Metadata;

/// <summary>What ExtractMetadata leaves for the stages after it.</summary>
/// <param name="Format">The format that read the volume.</param>
/// <param name="VoxelSizeNm">z, y, x as chosen; null where nothing states it.</param>
public sealed record MetadataResult(
    string Format, string Array, string Axes, NdIndex Shape, string Dtype, NdIndex RegionOrigin, NdIndex RegionShape,
    double?[] VoxelSizeNm, string? VoxelSizeOrigin, DatasetRecord Dataset, IReadOnlyList<MetadataRecord> Metadata, IReadOnlyList<ConflictRecord> Conflicts)
{
    public VoxelSize VoxelSize => new(VoxelSizeNm[0], VoxelSizeNm[1], VoxelSizeNm[2]);
}
