using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EmPipeline.Storage;

/// <summary>
/// Very many keys, of which is only asked whether one is among them: eight bytes a key, the first of its SHA-256. A key that is not is taken
/// for one that is once in 2⁶⁴ keys, divided by how many there are. Immutable; safe for concurrent use.
/// </summary>
public sealed class KeySet
{
    private readonly ulong[] _sorted;

    /// <param name="keys">Enumerated once, and not kept.</param>
    public KeySet(IEnumerable<string> keys)
    {
        _sorted = [.. keys.Select(Digest)];
        Array.Sort(_sorted);
    }

    public bool Contains(string key) => Array.BinarySearch(_sorted, Digest(key)) >= 0;

    private static ulong Digest(string key)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(key.AsSpan()), digest);
        return MemoryMarshal.Read<ulong>(digest);
    }
}
