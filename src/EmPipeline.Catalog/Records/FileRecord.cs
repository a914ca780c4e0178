namespace EmPipeline.Catalog;

/// <summary>One file that a dataset is made of, and what identifies it.</summary>
public sealed record FileRecord
{
    public required string Dataset { get; init; }

    /// <summary>The path below <c>raw/&lt;dataset&gt;/</c>, '/' between parts.</summary>
    public required string Key { get; init; }

    /// <summary>Bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Lower-case hexadecimal, of the file as downloaded.</summary>
    public required string Sha256 { get; init; }

    public string? ETag { get; init; }

    public required string SourceUrl { get; init; }

    /// <summary>What <c>pipeline.yaml</c> states for it, as "md5:…"; null when nothing is stated.</summary>
    public string? PublishedChecksum { get; init; }
}
