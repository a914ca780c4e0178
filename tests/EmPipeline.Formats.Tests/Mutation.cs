using System.Buffers.Binary;

namespace EmPipeline.Formats.Tests;

/// <summary>A file that was damaged on purpose, the same way at every run.</summary>
/// <param name="What">What was done to it, enough to do it again.</param>
internal readonly record struct Mutation(string What, byte[] Bytes)
{
    /// <summary>Damaged copies of a file: cut off, bits flipped, numbers made huge, parts overwritten, left out or doubled.</summary>
    /// <param name="count">How many, of which a quarter is cut off at evenly spread lengths.</param>
    public static IEnumerable<Mutation> Of(byte[] file, int seed, int count)
    {
        var cuts = Math.Min(count / 4, file.Length);
        for (var i = 0; i < cuts; i++)
        {
            var length = (int)((long)file.Length * i / cuts);
            yield return new Mutation($"seed {seed}: cut off at byte {length} of {file.Length}", file[..length]);
        }

        for (var i = cuts; i < count && file.Length > 0; i++)
        {
            // One generator each, so that a failing mutation can be made alone.
            var random = new Random(HashCode(seed, i));
            var damaged = (byte[])file.Clone();
            var what = (i % 8) switch
            {
                0 or 1 => FlipBits(damaged, random),
                2 or 3 or 4 => Overwrite(damaged, random),
                5 => Fill(damaged, random),
                6 => $"{FlipBits(damaged, random)}, {Overwrite(damaged, random)}",
                _ => Splice(ref damaged, random),
            };
            yield return new Mutation($"seed {seed}, mutation {i}: {what}", damaged);
        }
    }

    private static string FlipBits(byte[] bytes, Random random)
    {
        var places = new int[1 + random.Next(4)];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = Place(bytes.Length, random);
            bytes[places[i]] ^= (byte)(1 << random.Next(8));
        }

        return $"bits flipped in bytes {string.Join(", ", places)}";
    }

    /// <summary>Puts a number that tends to break arithmetic where a header's field may be.</summary>
    private static string Overwrite(byte[] bytes, Random random)
    {
        var width = 1 << random.Next(4);
        if (bytes.Length < width)
            return FlipBits(bytes, random);
        var at = Math.Min(Place(bytes.Length, random), bytes.Length - width);
        if (random.Next(4) > 0)
            at -= at % Math.Min(width, 4);
        var all = width == 8 ? ulong.MaxValue : (1UL << (8 * width)) - 1;
        var value = random.Next(10) switch
        {
            0 => 0UL,
            1 => 1UL,
            2 => all,
            3 => all >> 1,
            4 => (all >> 1) + 1,
            5 => all - (ulong)random.Next(16),
            6 => (ulong)bytes.Length,
            7 => (ulong)random.Next(bytes.Length),
            8 => (ulong)random.Next(1 << 16),
            _ => (ulong)random.NextInt64(),
        };
        Span<byte> number = stackalloc byte[8];
        var bigEndian = random.Next(2) == 0;
        if (bigEndian)
            BinaryPrimitives.WriteUInt64BigEndian(number, value << (8 * (8 - width)));
        else
            BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        number[..width].CopyTo(bytes.AsSpan(at));
        return $"{8 * width}-bit {(bigEndian ? "big" : "little")}-endian 0x{value & all:X} at byte {at}";
    }

    private static string Fill(byte[] bytes, Random random)
    {
        var (at, length) = Part(bytes.Length, random);
        var part = bytes.AsSpan(at, length);
        switch (random.Next(3))
        {
            case 0:
                part.Clear();
                return $"{length} bytes from {at} on made 0";
            case 1:
                part.Fill(0xFF);
                return $"{length} bytes from {at} on made 255";
            default:
                random.NextBytes(part);
                return $"{length} bytes from {at} on made random";
        }
    }

    private static string Splice(ref byte[] bytes, Random random)
    {
        var (at, length) = Part(bytes.Length, random);
        if (random.Next(2) == 0)
        {
            bytes = [.. bytes[..at], .. bytes[(at + length)..]];
            return $"{length} bytes from {at} on left out";
        }

        bytes = [.. bytes[..(at + length)], .. bytes[at..]];
        return $"{length} bytes from {at} on doubled";
    }

    private static (int At, int Length) Part(int fileLength, Random random)
    {
        var at = Place(fileLength, random);
        return (at, Math.Min(1 + random.Next(64), fileLength - at));
    }

    /// <summary>Headers are at the start and, in some formats, at the end: half of the damage goes there.</summary>
    private static int Place(int length, Random random)
    {
        const int Edge = 512;
        return random.Next(4) switch
        {
            0 => random.Next(Math.Min(Edge, length)),
            1 => length - 1 - random.Next(Math.Min(Edge, length)),
            _ => random.Next(length),
        };
    }

    // System.HashCode differs from run to run.
    private static int HashCode(int seed, int index) => unchecked((seed * 486_187_739) + (index * 16_777_619));
}
