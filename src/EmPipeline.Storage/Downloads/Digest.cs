using System.Security.Cryptography;

namespace EmPipeline.Storage;

/// <summary>Sha256 of a sequence of bytes, and md5 where somebody expects one.</summary>
internal sealed class Digest(bool md5) : IDisposable
{
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash? _md5 = md5 ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _sha256.AppendData(bytes);
        _md5?.AppendData(bytes);
    }

    /// <summary>Lowercase hexadecimal of all that was appended; the digest starts anew.</summary>
    public (string Sha256, string? Md5) Finish() =>
        (Convert.ToHexStringLower(_sha256.GetHashAndReset()), _md5 is null ? null : Convert.ToHexStringLower(_md5.GetHashAndReset()));

    public void Dispose()
    {
        _sha256.Dispose();
        _md5?.Dispose();
    }
}
