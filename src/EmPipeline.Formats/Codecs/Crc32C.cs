using System.Numerics;
using System.Runtime.InteropServices;

namespace EmPipeline.Formats.Codecs;

/// <summary>
/// CRC-32C (Castagnoli; RFC 3720 appendix B.4), the checksum of Zarr shards. <see cref="BitOperations"/> takes the processor's
/// instruction where there is one (SSE4.2, ARMv8) and a table elsewhere.
/// </summary>
public static class Crc32C
{
    // The instruction takes three cycles but one can start every cycle: three lanes side by side keep it busy.
    private const int LaneLength = 2048;
    private const int LaneWords = LaneLength / sizeof(ulong);
    private static readonly uint[] OverLane = MakeShift(LaneLength);

    /// <summary>The checksum of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of what <paramref name="crc"/> was computed from, followed by <paramref name="data"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var state = ~crc;
        while (data.Length >= 3 * LaneLength)
        {
            var words = MemoryMarshal.Cast<byte, ulong>(data[..(3 * LaneLength)]);
            var (a, b, c) = (state, 0u, 0u);
            for (var i = 0; i < LaneWords; i++)
            {
                a = BitOperations.Crc32C(a, words[i]);
                b = BitOperations.Crc32C(b, words[i + LaneWords]);
                c = BitOperations.Crc32C(c, words[i + (2 * LaneWords)]);
            }

            state = Shift(Shift(a) ^ b) ^ c;
            data = data[(3 * LaneLength)..];
        }

        foreach (var word in MemoryMarshal.Cast<byte, ulong>(data))
            state = BitOperations.Crc32C(state, word);
        foreach (var value in data[(data.Length & ~7)..])
            state = BitOperations.Crc32C(state, value);
        return ~state;
    }

    /// <summary>The state after as many zero bytes as a lane has: linear over GF(2), so four table look-ups.</summary>
    private static uint Shift(uint state) =>
        OverLane[state & 255] ^ OverLane[256 + ((state >> 8) & 255)] ^ OverLane[512 + ((state >> 16) & 255)] ^ OverLane[768 + (state >> 24)];

    private static uint[] MakeShift(int zeros)
    {
        var table = new uint[4 * 256];
        for (var bit = 0; bit < 32; bit++)
        {
            var state = 1u << bit;
            for (var i = 0; i < zeros / sizeof(ulong); i++)
                state = BitOperations.Crc32C(state, 0ul);
            // Each entry is the sum of its bits' images; the highest bit of an index is the last to be known.
            var (row, low) = (256 * (bit / 8), 1 << (bit % 8));
            for (var rest = 0; rest < low; rest++)
                table[row + low + rest] = table[row + rest] ^ state;
        }

        return table;
    }
}
