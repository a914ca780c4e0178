namespace EmPipeline.Torch;

/// <summary>What a missing section holds.</summary>
public enum SectionFill
{
    /// <summary>What a stored 0 is.</summary>
    Black,

    /// <summary>0 after normalisation. Not as stored.</summary>
    Mean,

    /// <summary>The section before it or after it.</summary>
    Neighbour,
}
