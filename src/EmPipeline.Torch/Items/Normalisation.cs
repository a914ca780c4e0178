namespace EmPipeline.Torch;

/// <summary>By what <see cref="BlockValues.Normalised"/> brings volumes to one scale; each is taken from the catalogue for the volume as a whole.</summary>
public enum Normalisation
{
    /// <summary>(grey value - mean) / standard deviation.</summary>
    MeanDeviation,

    /// <summary>The 1st percentile becomes 0 and the 99th 1; what is beyond them goes on below 0 and above 1.</summary>
    Percentiles,

    /// <summary>As <see cref="Percentiles"/>, with what is beyond them cut off at 0 and 1.</summary>
    ClippedPercentiles,
}
