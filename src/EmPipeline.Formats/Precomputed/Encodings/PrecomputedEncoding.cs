namespace EmPipeline.Formats.Precomputed;

/// <summary>How the voxels of one chunk are encoded, before any compression that the sharding adds.</summary>
public enum PrecomputedEncoding
{
    Raw,
    Jpeg,
    Png,
    CompressedSegmentation,
    Compresso,
}
