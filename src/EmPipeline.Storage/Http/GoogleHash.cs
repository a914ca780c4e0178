using System.Buffers.Binary;

namespace EmPipeline.Storage;

/// <summary>The checksum that Google's storage states of a whole object, with each answer about it, in <c>x-goog-hash: crc32c=BASE64</c>.</summary>
internal static class GoogleHash
{
    private const string Prefix = "crc32c=";

    /// <returns>Null where there is none, or where it is of stored bytes that are sent in another encoding.</returns>
    public static uint? Crc32COf(HttpResponseMessage response)
    {
        var headers = response.Headers.NonValidated;
        if (!headers.TryGetValues("x-goog-hash", out var values)
            || (headers.TryGetValues("x-goog-stored-content-encoding", out var encoding) && encoding.ToString() != "identity"))
        {
            return null;
        }

        var hash = values.SelectMany(value => value.Split(',')).Select(value => value.Trim()).FirstOrDefault(value => value.StartsWith(Prefix, StringComparison.Ordinal));
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        return hash is not null && Convert.TryFromBase64String(hash[Prefix.Length..], bytes, out var count) && count == sizeof(uint)
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : null;
    }
}
