namespace EmPipeline.Catalog;

/// <summary>One value that a raw file or a registry's answer states, as it is stored there.</summary>
public sealed record AttributeRow
{
    public required string Dataset { get; init; }

    /// <summary>"groundtruth/neurons" for what the files of a label state; null for those of the image.</summary>
    public string? Label { get; init; }

    /// <summary>As in <see cref="FileRecord.Key"/>; null for what several files state alike.</summary>
    public string? File { get; init; }

    /// <summary>The page, of a file of several; null for the whole file, and for what all pages state alike.</summary>
    public string? Part { get; init; }

    /// <summary>The place in the file, in the format's words.</summary>
    public required string Path { get; init; }

    /// <summary>As the format names it; "not read" for what could not be read, with the reason as value.</summary>
    public required string Type { get; init; }

    /// <summary>As text; null for bytes.</summary>
    public string? Value { get; init; }

    /// <summary>Where the file itself states one.</summary>
    public string? Unit { get; init; }

    /// <summary>How many files, or pages, state it.</summary>
    public required long Occurrences { get; init; }

    /// <summary>Bytes of a value that is not shown whole.</summary>
    public long? Length { get; init; }

    /// <summary>Of those bytes; null where they were not read.</summary>
    public string? Sha256 { get; init; }
}
