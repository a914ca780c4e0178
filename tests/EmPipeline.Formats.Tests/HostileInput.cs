using System.Diagnostics;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests;

/// <summary>
/// Holds readers to what they promise about damaged files: the voxels or an <see cref="EmException"/>, soon, in memory that follows from
/// the file's size.
/// <code>
/// foreach (var mutation in Mutation.Of(file, seed: 1, count: 300))
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

    /// <summary>As <see cref="OpenAndReadAllAsync(IReadOnlyDictionary{string, byte[]}, string, string, string)"/>, for a file alone.</summary>
    /// <param name="name">The file's name; a reader may go by its extension.</param>
    /// <param name="freeBytes">What may be allocated beside what the file's size explains.</param>
    public static Task<long> OpenAndReadAllAsync(Mutation mutation, string name, string? format = null, long freeBytes = FreeBytes) =>
        OpenAndReadAllAsync(new Dictionary<string, byte[]> { [name] = mutation.Bytes }, name, mutation.What, format, freeBytes);

    /// <summary>
    /// Opens <paramref name="key"/> in a store of these objects, and reads every array that is there (the first and last part of a large one).
    /// Fails the test when anything but an <see cref="EmException"/> is thrown, when it takes long, or when much more memory is allocated
    /// than all objects together explain.
    /// </summary>
    /// <param name="what">Names the damage in the failure's message.</param>
    /// <param name="format">The format by name; null leaves it to the registry.</param>
    /// <returns>How many bytes of voxels were read: 0 where everything was refused.</returns>
    public static async Task<long> OpenAndReadAllAsync(
        IReadOnlyDictionary<string, byte[]> objects, string key, string what, string? format = null, long freeBytes = FreeBytes)
    {
        // A thread of its own: the store is in memory, so all work of the reader is counted on the thread that asks.
        var reading = Task.Factory.StartNew(
            () =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var read = ReadAsync(new MemoryStore(objects), key, format).GetAwaiter().GetResult();
                return (Read: read, Allocated: GC.GetAllocatedBytesForCurrentThread() - before);
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            var (read, allocated) = await reading.WaitAsync(Debugger.IsAttached ? Timeout.InfiniteTimeSpan : Limit);
            var allowed = freeBytes + (BytesAFileByte * objects.Values.Sum(bytes => (long)bytes.Length));
            if (allocated > allowed)
                Assert.Fail($"{key}, {what}: allocated {allocated:N0} bytes, expected at most {allowed:N0}.");
            return read;
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{key}, {what}: not done after {Limit.TotalSeconds} s.");
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{key}, {what}: got {e.GetType().Name}, expected EmException.\n{e}");
        }

        return 0;
    }

    private static async Task<long> ReadAsync(MemoryStore store, string key, string? format)
    {
        var read = 0L;
        IReadOnlyList<IVolumeReader> readers;
        try
        {
            readers = await FormatRegistry.OpenAsync(new VolumePath(store, key), format);
        }
        catch (EmException)
        {
            return 0;
        }

        if (await store.FindAsync(key) is not null)
            await ReadAttributesAsync(new VolumePath(store, key));
        for (var i = 0; i < readers.Count; i++)
        {
            await using var reader = readers[i];
            if (i >= MostReaders)
                continue;
            try
            {
                read += await ReadEndsAsync(reader);
            }
            catch (EmException)
            {
                // The error that is promised; other arrays of the file may be whole.
            }
        }

        return read;
    }

    private static async Task ReadAttributesAsync(VolumePath file)
    {
        try
        {
            await foreach (var _ in FormatRegistry.AttributesAsync(file))
            {
            }
        }
        catch (EmException)
        {
            // As with voxels.
        }
    }

    /// <summary>Reads a box at the first and one at the last voxel, whole when that is little.</summary>
    private static async Task<long> ReadEndsAsync(IVolumeReader reader)
    {
        var info = reader.Info;
        var (shape, size) = (info.Shape, info.Type.Size());
        _ = info.DecodedBytes;
        if (shape.Volume == 0)
            return 0;
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
        return buffer.Length;
    }
}
