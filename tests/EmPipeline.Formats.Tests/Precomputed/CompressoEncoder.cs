using System.Numerics;
using System.Runtime.InteropServices;

namespace EmPipeline.Formats.Tests.Precomputed;

/// <summary>Encodes labels (z, y, x) as a Compresso stream. Regions are found by flood filling, unlike in the decoder.</summary>
internal static class CompressoEncoder
{
    public static byte[] Encode<T>(ReadOnlySpan<T> labels, long[] extent, int[] step, int connectivity = 4, int version = 0)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var (sx, sy, sz) = ((int)extent[0], (int)extent[1], (int)extent[2]);
        var boundary = FindBoundary(labels, sx, sy, sz, connectivity);
        var (ids, perSlice) = FindRegions(labels, boundary, sx, sy, sz, connectivity);
        var (locations, locationsPerSlice) = FindLocations(labels, boundary, sx, sy, sz, connectivity, version == 1);

        var windows = new ulong[Count(sx, step[0]) * Count(sy, step[1]) * Count(sz, step[2])];
        for (var i = 0; i < boundary.Length; i++)
        {
            var (x, y, z) = (i % sx, i / sx % sy, i / sx / sy);
            var window = (x / step[0]) + (Count(sx, step[0]) * ((y / step[1]) + (Count(sy, step[1]) * (z / step[2]))));
            if (boundary[i])
                windows[window] |= 1UL << ((x % step[0]) + (step[0] * ((y % step[1]) + (step[1] * (z % step[2])))));
        }

        var values = windows.Distinct().Order().ToArray();
        var width = (step[0] * step[1] * step[2]) switch { <= 8 => 1, <= 16 => 2, <= 32 => 4, _ => 8 };
        var stream = new MemoryStream();
        stream.Write("cpso"u8);
        Write(stream, version, 1);
        Write(stream, Marshal.SizeOf<T>(), 1);
        foreach (var size in extent)
            Write(stream, size, 2);
        foreach (var size in step)
            Write(stream, size, 1);
        Write(stream, ids.Count, 8);
        Write(stream, values.Length, 4);
        Write(stream, locations.Count, 8);
        Write(stream, connectivity, 1);
        stream.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(ids)));
        foreach (var value in values)
            Write(stream, (long)value, width);
        stream.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(locations)));
        foreach (var entry in RunLengths(windows.Select(window => Array.IndexOf(values, window)), width))
            Write(stream, (long)entry, width);
        if (version == 1)
        {
            var indexWidth = (2 * sx * sy) switch { < byte.MaxValue => 1, < ushort.MaxValue => 2, _ => 4 };
            foreach (var count in perSlice.Concat(locationsPerSlice))
                Write(stream, count, indexWidth);
        }

        return stream.ToArray();
    }

    private static bool[] FindBoundary<T>(ReadOnlySpan<T> labels, int sx, int sy, int sz, int connectivity)
        where T : unmanaged, IEquatable<T>
    {
        var boundary = new bool[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            var (x, y, z) = (i % sx, i / sx % sy, i / sx / sy);
            boundary[i] = (x < sx - 1 && !labels[i].Equals(labels[i + 1]))
                || (y < sy - 1 && !labels[i].Equals(labels[i + sx]))
                || (connectivity == 6 && z < sz - 1 && !labels[i].Equals(labels[i + (sx * sy)]));
        }

        return boundary;
    }

    private static (List<T> Ids, long[] PerSlice) FindRegions<T>(ReadOnlySpan<T> labels, bool[] boundary, int sx, int sy, int sz, int connectivity)
        where T : unmanaged
    {
        var ids = new List<T>();
        var perSlice = new long[sz];
        var seen = (bool[])boundary.Clone();
        var queue = new Queue<int>();
        for (var start = 0; start < seen.Length; start++)
        {
            if (seen[start])
                continue;
            ids.Add(labels[start]);
            perSlice[start / (sx * sy)]++;
            seen[start] = true;
            queue.Enqueue(start);
            while (queue.TryDequeue(out var i))
            {
                var (x, y, z) = (i % sx, i / sx % sy, i / sx / sy);
                Visit(x > 0, i - 1);
                Visit(x < sx - 1, i + 1);
                Visit(y > 0, i - sx);
                Visit(y < sy - 1, i + sx);
                Visit(connectivity == 6 && z > 0, i - (sx * sy));
                Visit(connectivity == 6 && z < sz - 1, i + (sx * sy));
            }
        }

        return (ids, perSlice);

        void Visit(bool inside, int i)
        {
            if (!inside || seen[i])
                return;
            seen[i] = true;
            queue.Enqueue(i);
        }
    }

    private static (List<T> Locations, long[] PerSlice) FindLocations<T>(
        ReadOnlySpan<T> labels, bool[] boundary, int sx, int sy, int sz, int connectivity, bool slicesApart)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var locations = new List<T>();
        var starts = new long[sz];
        for (var i = 0; i < labels.Length; i++)
        {
            var (x, y, z) = (i % sx, i / sx % sy, i / sx / sy);
            if (i % (sx * sy) == 0)
                starts[z] = locations.Count;
            if (!boundary[i] || (x > 0 && !boundary[i - 1]) || (y > 0 && !boundary[i - sx]) || (connectivity == 6 && z > 0 && !boundary[i - (sx * sy)]))
                continue;
            (bool Inside, int At)[] neighbours =
            [
                (x > 0, i - 1), (x < sx - 1, i + 1), (y > 0, i - sx), (y < sy - 1, i + sx),
                (!slicesApart && z > 0, i - (sx * sy)), (!slicesApart && z < sz - 1, i + (sx * sy)),
            ];
            var code = -1;
            for (var n = 0; n < neighbours.Length && code < 0; n++)
            {
                if (neighbours[n].Inside && !boundary[neighbours[n].At] && labels[neighbours[n].At] == labels[i])
                    code = n;
            }

            if (code >= 0)
            {
                locations.Add(T.CreateTruncating(code));
            }
            else if (labels[i] > T.MaxValue - T.CreateTruncating(7))
            {
                locations.Add(T.CreateTruncating(6));
                locations.Add(labels[i]);
            }
            else
            {
                locations.Add(labels[i] + T.CreateTruncating(7));
            }
        }

        return (locations, [.. starts.Select((start, z) => z == 0 ? start : start - starts[z - 1])]);
    }

    private static IEnumerable<ulong> RunLengths(IEnumerable<int> windows, int width)
    {
        var longest = (1UL << ((8 * width) - 1)) - 1;
        var run = 0UL;
        foreach (var window in windows)
        {
            if (window == 0 && run < longest)
            {
                run++;
                continue;
            }

            if (run > 0)
                yield return (run << 1) | 1;
            run = window == 0 ? 1UL : 0;
            if (window != 0)
                yield return (ulong)window << 1;
        }

        if (run > 0)
            yield return (run << 1) | 1;
    }

    private static int Count(int extent, int step) => (extent + step - 1) / step;

    private static void Write(MemoryStream stream, long value, int bytes) => stream.Write(BitConverter.GetBytes(value).AsSpan(0, bytes));
}
