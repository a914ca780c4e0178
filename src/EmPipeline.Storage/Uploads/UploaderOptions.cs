namespace EmPipeline.Storage;

/// <summary>How an <see cref="Uploader"/> divides its work.</summary>
public sealed record UploaderOptions
{
    /// <summary>S3 takes no smaller parts, but for the last, and no more parts than this.</summary>
    internal const int LeastPart = 5 << 20, MostParts = 10_000;

    /// <summary>Files up to this size take one request, larger ones one for each part of it.</summary>
    public int PartSize { get; init; } = 8 << 20;

    /// <summary>Requests under way at a time; each holds a part in memory.</summary>
    public int Connections { get; init; } = 16;

    /// <summary>Requests that put a file of this many bytes: it, or its parts, the beginning and the end.</summary>
    public long PutsOf(long length) => PartOf(length) is var part && length <= part ? 1 : 2 + ((length + part - 1) / part);

    /// <summary>Bytes of the parts of a file.</summary>
    internal long PartOf(long length) => Math.Max(PartSize, NextMiB((length + MostParts - 1) / MostParts));

    private static long NextMiB(long bytes) => (bytes + (1 << 20) - 1) >> 20 << 20;
}
