using System.Security.Cryptography;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>One file that a crop consists of.</summary>
/// <param name="RelativeName">Its path below the crop's folder, '/' between parts: "info", "8.0x8.0x8.0/0a3f.shard", "8_8_8/0-64_0-64_0-64".</param>
/// <param name="ChunkIds">The chunks that a shard file will hold, ascending; empty for other files.</param>
/// <param name="EstimatedBytes">Its length: exact for <c>info</c> and shards, the decoded length of an unsharded chunk.</param>
public sealed record CropFile(string RelativeName, IReadOnlyList<ulong> ChunkIds, long EstimatedBytes)
{
    /// <summary>The names that the file may have in the crop: an unsharded chunk may be kept compressed, with ".gz" added.</summary>
    public IReadOnlyList<string> PossibleNames => Cell is null ? [RelativeName] : [RelativeName, RelativeName + UnshardedChunks.CompressedSuffix];

    /// <summary>
    /// What tells a shard of just these chunks from the source's own, and from other crops' shards of the same name: the fragment of an address, "" for other files.
    /// </summary>
    public string Fragment => ChunkIds.Count == 0 ? "" : "#chunks=" + Convert.ToHexStringLower(SHA256.HashData([.. ChunkIds.SelectMany(BitConverter.GetBytes)]))[..16];

    internal ulong Shard { get; init; }

    /// <summary>The grid position of an unsharded chunk.</summary>
    internal NdIndex? Cell { get; init; }
}
