using System.Security.Cryptography;

namespace EmPipeline.Demo.Tests.Support;

internal static class Digest
{
    /// <summary>sha256 in lower-case hex.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
