namespace EmPipeline.Benchmarks.Containers;

/// <summary>A source on disk as a user has it: a file or folder that the registry opens.</summary>
/// <param name="Address">What <c>source: { file: … }</c> is given: a file, a folder, or a pattern.</param>
internal sealed record Container(string Address)
{
    /// <summary>The stored chunks in an order in which eight make a shard's worth and more, and how one is decoded; null where voxels are stored as they are.</summary>
    public (byte[][] Chunks, int DecodedBytes, Decode Decode)? Coded { get; init; }

    /// <summary>The files of the address, in order.</summary>
    public string[] Files() => File.Exists(Address)
        ? [Address]
        : [.. (Directory.Exists(Address) ? Directory.EnumerateFiles(Address) : Directory.EnumerateFiles(Path.GetDirectoryName(Address)!, Path.GetFileName(Address))).Order(StringComparer.Ordinal)];

    internal delegate void Decode(byte[] encoded, Span<byte> decoded);
}
