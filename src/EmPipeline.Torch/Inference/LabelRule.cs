namespace EmPipeline.Torch;

/// <summary>How channels become labels (uint8).</summary>
public enum LabelRule
{
    /// <summary>A label volume a channel: 1 where its value is at least <see cref="PredictOptions.Threshold"/>, else 0.</summary>
    Threshold,

    /// <summary>One label volume: the number, from 0, of the channel with the largest value, of equal ones the first. So channel 0 is the background.</summary>
    ArgMax,

    /// <summary>No labels.</summary>
    None,
}
