using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Precomputed;

/// <summary>Damages bytes in many ways; reading them may succeed or report damage, and nothing else.</summary>
internal static class Damage
{
    /// <param name="read">Decodes the bytes; what it throws for damage is InvalidDataException, NotSupportedException or EmException.</param>
    public static void ShouldBeReported(byte[] good, Action<byte[]> read, int tries = 3000)
    {
        var random = new Random(11);
        var reported = 0;
        for (var i = 0; i < tries; i++)
        {
            var bytes = Spoil(good, random, i);
            try
            {
                read(bytes);
            }
            catch (Exception e) when (e is InvalidDataException or NotSupportedException or EmException)
            {
                reported++;
            }
        }

        reported.Should().BeGreaterThan(tries / 10);
    }

    private static byte[] Spoil(byte[] good, Random random, int i)
    {
        if (i % 3 == 0)
            return good[..random.Next(good.Length)];
        var bytes = (byte[])good.Clone();
        // Headers are where claims are made, so half of the changes go there.
        var reach = i % 2 == 0 ? Math.Min(64, bytes.Length) : bytes.Length;
        for (var n = random.Next(1, 4); n > 0; n--)
            bytes[random.Next(reach)] = (byte)(random.Next(4) == 0 ? 255 : random.Next(256));
        return bytes;
    }
}
