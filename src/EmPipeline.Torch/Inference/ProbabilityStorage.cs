namespace EmPipeline.Torch;

/// <summary>How a channel's values are kept.</summary>
public enum ProbabilityStorage
{
    /// <summary>uint8: 0 to 1 becomes 0 to 255, halves rounded up. A value outside of 0 to 1 is an error.</summary>
    UInt8,

    /// <summary>float32, as they are.</summary>
    Float32,

    /// <summary>Not at all.</summary>
    None,
}
