namespace EmPipeline.Torch;

/// <summary>What a model sees beyond the volume's own border. Inside the volume it always sees the volume.</summary>
public enum BorderPolicy
{
    /// <summary>The volume mirrored at its outermost voxels, which are not repeated.</summary>
    Reflect,

    /// <summary>0: the mean where values are normalised, black where they are not.</summary>
    Zero,
}
