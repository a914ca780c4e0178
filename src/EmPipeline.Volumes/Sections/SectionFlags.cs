namespace EmPipeline.Volumes.Sections;

/// <summary>What is wrong with a section, judged by the ones around it.</summary>
[Flags]
public enum SectionFlags
{
    None = 0,

    /// <summary>It holds nothing but fill value, or no finite number.</summary>
    Missing = 1,

    /// <summary>Patches of one value only: all of it, or a tenth of it more than around.</summary>
    Blank = 2,

    /// <summary>The one before, once more.</summary>
    Repeated = 4,

    /// <summary>Darker than those before and those after.</summary>
    Dark = 8,

    /// <summary>Brighter than those before and those after.</summary>
    Bright = 16,

    /// <summary>From here on it is darker or brighter than before.</summary>
    Step = 32,

    /// <summary>Less sharp than those before and those after.</summary>
    Blurred = 64,

    /// <summary>Its content lies elsewhere than in the one before.</summary>
    Shifted = 128,

    /// <summary>Less like the one before than its neighbours are like theirs, and nothing else is wrong: sections between them may have been lost.</summary>
    Gap = 256,
}
