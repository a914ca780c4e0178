using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EmPipeline.Storage;

/// <summary>Checksums as S3 writes them.</summary>
internal static class S3Checksum
{
    public static string Text(uint crc32C)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, crc32C);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>Null for none, and for one that is of checksums of parts ("…-N").</summary>
    public static uint? Parse(string? text)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        return text is not null && Convert.TryFromBase64String(text, bytes, out var count) && count == bytes.Length ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : null;
    }

    /// <summary>
    /// Whether a store's version speaks against these bytes: it looks like an MD5, and is not theirs. Where the store encrypts with keys of its own it looks
    /// so and is none.
    /// </summary>
    public static bool Denies(string? etag, ReadOnlySpan<byte> bytes) => IsMd5(etag) && !etag!.Equals(Convert.ToHexString(MD5.HashData(bytes)), StringComparison.OrdinalIgnoreCase);

    public static bool IsMd5(string? etag) => etag is { Length: 32 } && etag.All(char.IsAsciiHexDigit);
}
