namespace EmPipeline.Volumes.Labels;

/// <summary>How a label's values are read.</summary>
public enum LabelKind
{
    /// <summary>Every value but background, 0, is an object.</summary>
    Instances,

    /// <summary>Values mean classes.</summary>
    Classes,
}
