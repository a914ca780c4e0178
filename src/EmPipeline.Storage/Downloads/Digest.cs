using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EmPipeline.Storage;

/// <summary>Sha256 of a sequence of bytes, its CRC-32C, which some servers state, and md5 where somebody expects one.</summary>
internal sealed class Digest(bool md5) : IDisposable
{
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash? _md5 = md5 ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;

    // RFC 3720, B.4: inverted at both ends.
    private uint _crc32C = uint.MaxValue;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            _crc32C = BitOperations.Crc32C(_crc32C, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
        foreach (var one in bytes[^(bytes.Length % sizeof(ulong))..])
            _crc32C = BitOperations.Crc32C(_crc32C, one);
        _sha256.AppendData(bytes);
        _md5?.AppendData(bytes);
    }

    /// <summary>Lowercase hexadecimal of all that was appended; the digest starts anew.</summary>
    public Digests Finish()
    {
        var crc32C = ~_crc32C;
        _crc32C = uint.MaxValue;
        return new Digests(Convert.ToHexStringLower(_sha256.GetHashAndReset()), _md5 is null ? null : Convert.ToHexStringLower(_md5.GetHashAndReset()), crc32C);
    }

    public void Dispose()
    {
        _sha256.Dispose();
        _md5?.Dispose();
    }
}
