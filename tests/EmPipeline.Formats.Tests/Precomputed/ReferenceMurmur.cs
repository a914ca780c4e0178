namespace EmPipeline.Formats.Tests.Precomputed;

/// <summary>MurmurHash3_x86_128 for keys of any length, as its author describes it; the reader's own serves one length only.</summary>
internal static class ReferenceMurmur
{
    public static uint[] Hash(ReadOnlySpan<byte> key, uint seed = 0)
    {
        uint[] c = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93];
        int[] rotateKey = [15, 16, 17, 18];
        int[] rotateHash = [19, 17, 15, 13];
        uint[] add = [0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17];
        uint[] h = [seed, seed, seed, seed];
        var blocks = key.Length / 16;
        for (var block = 0; block < blocks; block++)
        {
            for (var i = 0; i < 4; i++)
            {
                h[i] ^= Scramble(BitConverter.ToUInt32(key[(block * 16 + i * 4)..]), i);
                h[i] = (Rotate(h[i], rotateHash[i]) + h[(i + 1) % 4]) * 5 + add[i];
            }
        }

        var tail = key[(blocks * 16)..];
        for (var i = 3; i >= 0; i--)
        {
            var word = 0u;
            for (var j = 0; j < 4 && i * 4 + j < tail.Length; j++)
                word |= (uint)tail[i * 4 + j] << (8 * j);
            if (i * 4 < tail.Length)
                h[i] ^= Scramble(word, i);
        }

        for (var i = 0; i < 4; i++)
            h[i] ^= (uint)key.Length;
        Sum(h);
        for (var i = 0; i < 4; i++)
        {
            h[i] = (h[i] ^ (h[i] >> 16)) * 0x85ebca6b;
            h[i] = (h[i] ^ (h[i] >> 13)) * 0xc2b2ae35;
            h[i] ^= h[i] >> 16;
        }

        Sum(h);
        return h;

        uint Scramble(uint word, int i) => Rotate(word * c[i], rotateKey[i]) * c[(i + 1) % 4];
    }

    private static uint Rotate(uint value, int bits) => (value << bits) | (value >> (32 - bits));

    private static void Sum(uint[] h)
    {
        h[0] += h[1] + h[2] + h[3];
        h[1] += h[0];
        h[2] += h[0];
        h[3] += h[0];
    }
}
