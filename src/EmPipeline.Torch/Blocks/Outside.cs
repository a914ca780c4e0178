namespace EmPipeline.Torch;

/// <summary>What becomes of a sample that reaches beyond its volume: at an edge, or where the volume is thinner than the sample.</summary>
public enum Outside
{
    /// <summary>There is nothing: 0 as stored, the volume's mean when normalised; labels are -1, and masks 0.</summary>
    Pad,

    /// <summary>
    /// The mirror image of what the sample holds of the volume (numpy's "reflect": the outermost voxels are not repeated), to and fro as often as it takes.
    /// Image, labels and masks alike, so that masks say of a mirrored voxel what they say of the voxel itself.
    /// </summary>
    Reflect,

    /// <summary>No such sample is taken: of the blocks that a query chose, those whose samples would reach beyond the volume are left out.</summary>
    Skip,
}
