using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EmPipeline.Catalog;

namespace EmPipeline.Torch.Sampling;

/// <summary>Which blocks were chosen, and in which order, in 64 digits.</summary>
internal static class BlocksHash
{
    private const int BlockBytes = 4 * sizeof(long);
    private const int Together = 4096;

    public static string Of(IReadOnlyList<BlockRef> blocks)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var volumes = new Dictionary<(string, int), long>();
        var (bytes, used) = (new byte[Together * BlockBytes], 0);
        foreach (var block in blocks)
        {
            if (used == bytes.Length)
                Flush();
            if (!volumes.TryGetValue((block.Volume.Dataset, block.Volume.Level), out var number))
            {
                Flush();
                hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{block.Volume.Dataset}\n{block.Volume.Level}\n")));
                volumes.Add((block.Volume.Dataset, block.Volume.Level), number = volumes.Count);
            }

            foreach (var value in (ReadOnlySpan<long>)[number, block.Z, block.Y, block.X])
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan((used += sizeof(long)) - sizeof(long)), value);
        }

        Flush();
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Flush()
        {
            hash.AppendData(bytes.AsSpan(0, used));
            used = 0;
        }
    }
}
