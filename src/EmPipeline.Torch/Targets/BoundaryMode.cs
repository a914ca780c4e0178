namespace EmPipeline.Torch;

/// <summary>Which of the voxels that touch another id are boundary.</summary>
public enum BoundaryMode
{
    /// <summary>All of them.</summary>
    Thick,

    /// <summary>Those of objects.</summary>
    Inner,

    /// <summary>Those of the background.</summary>
    Outer,
}
