using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EmPipeline.Storage;

/// <summary>
/// What a listing found, in some 50 bytes an object: keys and versions as 64 bits of their hashes. Two keys that share those are not told apart by their
/// names, but no two objects are taken for equal for that: content is compared too. Filled once; then safe for concurrent use.
/// </summary>
public sealed class StoredIndex
{
    private readonly Dictionary<ulong, (long Length, ulong ETag)> _objects = [];

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

    public bool Contains(string key) => _objects.ContainsKey(Hash(key));

    /// <summary>The length of an object; null when there is none.</summary>
    public long? LengthOf(string key) => _objects.TryGetValue(Hash(key), out var found) ? found.Length : null;

    internal ulong? ETagOf(string key) => _objects.TryGetValue(Hash(key), out var found) ? found.ETag : null;

    internal static ulong Hash(string text)
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
