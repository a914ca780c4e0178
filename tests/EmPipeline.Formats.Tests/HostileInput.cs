using System.Buffers.Binary;
using System.Diagnostics;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests;

/// <summary>
/// Damages files on purpose, the same way at every run, and holds readers to what they promise about damaged files: the voxels or an
/// <see cref="EmException"/>, soon, in memory that follows from the file's size.
/// <code>
/// foreach (var mutation in HostileInput.Mutations(file, seed: 1, count: 300))
///     await HostileInput.OpenAndReadAllAsync(mutation, "a.tif");
/// </code>
/// </summary>
internal static class HostileInput
{
    // Codec buffers and decoded pieces are allowed on top of what a file's own size explains.
    private const long FreeBytes = 64L << 20;
    private const int BytesAFileByte = 4;
    private const int MostReadBytes = 8 << 20;
    private const int MostReaders = 64;

    // Absent chunks cost time, not memory: an array of a great many tiny ones is allowed, and reading them all here would show nothing.
    private const int MostChunks = 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Damaged copies of a file: cut off, bits flipped, numbers made huge, parts overwritten, left out or doubled.</summary>
    /// <param name="count">How many, of which a quarter is cut off at evenly spread lengths.</param>
    public static IEnumerable<Mutation> Mutations(byte[] file, int seed, int count)
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

    /// <summary>As <see cref="OpenAndReadAllAsync(IReadOnlyDictionary{string, byte[]}, string, string, string)"/>, for a file alone.</summary>
    /// <param name="name">The file's name; a reader may go by its extension.</param>
    /// <param name="freeBytes">What may be allocated beside what the file's size explains.</param>
    public static Task OpenAndReadAllAsync(Mutation mutation, string name, string? format = null, long freeBytes = FreeBytes) =>
        OpenAndReadAllAsync(new Dictionary<string, byte[]> { [name] = mutation.Bytes }, name, mutation.What, format, freeBytes);

    /// <summary>
    /// Opens <paramref name="key"/> in a store of these objects, and reads every array that is there (the first and last part of a large one).
    /// Fails the test when anything but an <see cref="EmException"/> is thrown, when it takes long, or when much more memory is allocated
    /// than all objects together explain.
    /// </summary>
    /// <param name="what">Names the damage in the failure's message.</param>
    /// <param name="format">The format by name; null leaves it to the registry.</param>
    public static async Task OpenAndReadAllAsync(
        IReadOnlyDictionary<string, byte[]> objects, string key, string what, string? format = null, long freeBytes = FreeBytes)
    {
        // A thread of its own: the store is in memory, so all work of the reader is counted on the thread that asks.
        var reading = Task.Factory.StartNew(
            () =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                ReadAsync(new MemoryStore(objects), key, format).GetAwaiter().GetResult();
                return GC.GetAllocatedBytesForCurrentThread() - before;
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            var allocated = await reading.WaitAsync(Debugger.IsAttached ? Timeout.InfiniteTimeSpan : Limit);
            var allowed = freeBytes + (BytesAFileByte * objects.Values.Sum(bytes => (long)bytes.Length));
            if (allocated > allowed)
                Assert.Fail($"{key}, {what}: allocated {allocated:N0} bytes, expected at most {allowed:N0}.");
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{key}, {what}: not done after {Limit.TotalSeconds} s.");
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{key}, {what}: got {e.GetType().Name}, expected EmException.\n{e}");
        }
    }

    private static async Task ReadAsync(MemoryStore store, string key, string? format)
    {
        IReadOnlyList<IVolumeReader> readers;
        try
        {
            readers = await FormatRegistry.OpenAsync(new VolumePath(store, key), format);
        }
        catch (EmException)
        {
            return;
        }

        for (var i = 0; i < readers.Count; i++)
        {
            await using var reader = readers[i];
            if (i >= MostReaders)
                continue;
            try
            {
                await ReadEndsAsync(reader);
            }
            catch (EmException)
            {
                // The error that is promised; other arrays of the file may be whole.
            }
        }
    }

    /// <summary>Reads a box at the first and one at the last voxel, whole when that is little.</summary>
    private static async Task ReadEndsAsync(IVolumeReader reader)
    {
        var info = reader.Info;
        var (shape, size) = (info.Shape, info.Type.Size());
        _ = info.DecodedBytes;
        if (shape.Volume == 0)
            return;
        var extent = NdIndex.Filled(shape.Rank, 1);
        var (room, chunks) = ((long)MostReadBytes / size, (long)MostChunks);
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            var most = info.Grain[axis] > room / chunks ? room : info.Grain[axis] * chunks;
            extent[axis] = Math.Min(shape[axis], Math.Max(1, most));
            room /= extent[axis];
            chunks = Math.Max(1, chunks / (1 + ((extent[axis] - 1) / info.Grain[axis])));
        }

        var buffer = new byte[extent.Volume * size];
        await reader.ReadAsync(new Box(NdIndex.Filled(shape.Rank, 0), extent), buffer);
        if (extent != shape)
            await reader.ReadAsync(new Box(shape - extent, extent), buffer);
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

    /// <summary>A damaged file.</summary>
    /// <param name="What">What was done to it, enough to do it again.</param>
    public readonly record struct Mutation(string What, byte[] Bytes);
}
