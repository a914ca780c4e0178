using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace EmPipeline.Storage;

/// <summary>
/// What a listing found, in some 50 bytes an object: keys and versions as 64 bits of their hashes. Two keys that share those are not told apart by their
/// names, but no two objects are taken for equal for that: content is compared too. Safe for concurrent use.
/// </summary>
public sealed class StoredIndex
{
    /// <summary>Of a store that has no versions.</summary>
    internal static readonly ulong NoETag = Hash("");

    private readonly Dictionary<ulong, (long Length, ulong ETag)> _objects = [];
    private readonly ConcurrentDictionary<ulong, bool> _removed = [];

    public int Count => _objects.Count;

    /// <summary>Lists a store below some prefixes.</summary>
    public static async Task<StoredIndex> OfAsync(IUploadStore store, IEnumerable<string> prefixes, CancellationToken cancellation)
    {
        var index = new StoredIndex();
        foreach (var prefix in prefixes)
        {
            await foreach (var found in store.ListAsync(prefix, cancellation))
                index._objects[Hash(found.Key)] = (found.Length, Hash(found.ETag ?? ""));
        }

        return index;
    }

    public bool Contains(string key) => Find(key) is not null;

    /// <summary>The length of an object; null when there is none.</summary>
    public long? LengthOf(string key) => Find(key)?.Length;

    /// <summary>Notes that an object has been removed.</summary>
    public void Remove(string key) => _removed[Hash(key)] = true;

    internal ulong? ETagOf(string key) => Find(key)?.ETag;

    private (long Length, ulong ETag)? Find(string key) => Hash(key) is var hash && _objects.TryGetValue(hash, out var found) && !_removed.ContainsKey(hash) ? found : null;

    /// <summary>64 bits of the hash of a text.</summary>
    public static ulong Hash(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (text.Length <= 512)
        {
            Span<byte> bytes = stackalloc byte[3 * 512];
            SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(text, bytes)], hash);
        }
        else
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
