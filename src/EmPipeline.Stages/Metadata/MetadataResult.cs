using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Metadata;

/// <summary>What ExtractMetadata leaves for the stages after it.</summary>
/// <param name="Format">The format that read the volume.</param>
/// <param name="VoxelSizeNm">z, y, x as chosen; null where nothing states it.</param>
/// <param name="SourceCentreNm">z, y, x of the centre of the whole volume's first voxel in the source's own coordinates; null where it states none.</param>
/// <param name="LabelCentreNm">Of labels, z, y, x of the centre of the first voxel that is used, from that of the image's.</param>
public sealed record MetadataResult(
    string Format, string Array, string Axes, NdIndex Shape, string Dtype, NdIndex RegionOrigin, NdIndex RegionShape,
    double?[] VoxelSizeNm, string? VoxelSizeOrigin, DatasetRecord Dataset, IReadOnlyList<MetadataRecord> Metadata, IReadOnlyList<ConflictRecord> Conflicts,
    double[]? SourceCentreNm = null, double[]? LabelCentreNm = null)
{
    public VoxelSize VoxelSize => new(VoxelSizeNm[0], VoxelSizeNm[1], VoxelSizeNm[2]);
}
