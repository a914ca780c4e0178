namespace EmPipeline.Catalog.Consolidation;

/// <summary>What a field's values are, and so when two of them are the same fact.</summary>
public enum FieldKind
{
    /// <summary>Same but for case and white space.</summary>
    Text,

    /// <summary>A whole number; same only when equal.</summary>
    Count,

    /// <summary>A measurement in the field's unit; same within one part in a thousand.</summary>
    Measure,

    /// <summary>A day; same when it is the same day.</summary>
    Date,

    /// <summary>A digital object identifier, with or without its address.</summary>
    Doi,

    /// <summary>A licence by its SPDX identifier where it has one.</summary>
    Licence,
}
