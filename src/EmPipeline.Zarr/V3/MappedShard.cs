using EmPipeline.Storage;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// A shard of stored voxels that is read from where the kernel keeps it, and which of its inner chunks were verified there: each once, for
/// as long as this mapping lives, which is bound to the one file. Safe for concurrent use.
/// </summary>
/// <param name="File">Null where the file cannot be mapped. Owned.</param>
internal sealed record MappedShard(MappedFile? File, int Chunks) : IDisposable
{
    // What the kernel keeps for a mapping, besides eight bytes for each page of 4096.
    private const int MappingBytes = 4096, PageLength = 4096;
    private readonly uint[] _verified = new uint[File is null ? 0 : (Chunks + 31) / 32];

    /// <summary>Bytes that it takes, about, the kernel's tables included.</summary>
    public long Weight => MappingBytes + (sizeof(long) * (File?.Length ?? 0) / PageLength) + (sizeof(uint) * _verified.Length);

    public bool IsVerified(int chunk) => (Volatile.Read(ref _verified[chunk / 32]) >> (chunk % 32) & 1) != 0;

    public void SetVerified(int chunk) => Interlocked.Or(ref _verified[chunk / 32], 1u << (chunk % 32));

    public void Dispose() => File?.Dispose();
}
