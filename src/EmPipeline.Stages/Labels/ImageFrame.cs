using System.Text.Json;
using System.Text.Json.Serialization;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Labels;

/// <summary>
/// Where an image lies, for its labels: the part of it that is used, how large its voxels are and where its source says it begins. It is what the
/// result of ExtractMetadata says under these names. Immutable.
/// </summary>
/// <param name="RegionOrigin">z, y, x of the first voxel that is used, in voxels of the whole image.</param>
/// <param name="RegionShape">z, y, x.</param>
/// <param name="VoxelSizeNm">z, y, x as chosen; null where nothing states it.</param>
/// <param name="SourceCentreNm">z, y, x of the centre of the whole image's first voxel in its source's own coordinates; null where it states none.</param>
internal sealed record ImageFrame(NdIndex RegionOrigin, NdIndex RegionShape, double?[] VoxelSizeNm, double[]? SourceCentreNm)
{
    /// <summary>All of it on one line: equal text means that labels lie the same.</summary>
    [JsonIgnore]
    public string Text => JsonSerializer.Serialize(this, CanonicalJson.Line);

    /// <summary>The frame that an image's metadata state; null before its ExtractMetadata has run.</summary>
    public static ImageFrame? Of(DataFolder data, string image) =>
        Ledger.Read(data.LedgerFile(image, Stage.ExtractMetadata)) is { Product: not null } ledger ? ledger.ResultAs<ImageFrame>() : null;

    /// <exception cref="EmException">The image's ExtractMetadata has not run.</exception>
    public static ImageFrame Require(DataFolder data, string image) => Of(data, image) ?? throw new EmException(
        Fault.Configuration, $"{data.LedgerFile(image, Stage.ExtractMetadata)}: got no ledger of ExtractMetadata, expected one: where labels lie follows from their image. Run ./build.sh ExtractMetadata --dataset {image} first.");
}
