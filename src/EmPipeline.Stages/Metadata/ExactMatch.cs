using EmPipeline.Volumes;

namespace EmPipeline.Stages.Metadata;

/// <summary>Finds where one volume lies in another, voxel for voxel.</summary>
internal static class ExactMatch
{
    private const long SlabBytes = 64 << 20;

    // Two say that it is ambiguous.
    private const int MostPlaces = 2;

    /// <param name="whole">Axes z, y, x; not owned.</param>
    /// <param name="part">The voxels of <paramref name="whole"/> that are looked through.</param>
    /// <param name="cut">Axes z, y, x; not owned.</param>
    /// <param name="cutPart">The voxels of <paramref name="cut"/> that are looked for.</param>
    /// <returns>Where the first of them lies, counted from the first voxel of <paramref name="part"/>; none, one, or the first two of several.</returns>
    public static async ValueTask<IReadOnlyList<NdIndex>> FindAsync(IVolumeReader whole, Box part, IVolumeReader cut, Box cutPart, CancellationToken cancellation)
    {
        var places = new List<NdIndex>();
        if (whole.Info.Type != cut.Info.Type || Enumerable.Range(0, 3).Any(axis => cutPart.Shape[axis] > part.Shape[axis]))
            return places;
        var size = cut.Info.Type.Size();
        var (at, row) = await TellingRowAsync(cut, cutPart, size, cancellation);
        // Only where the rest of it fits around that row.
        var (rows, columns) = (part.Shape[1] - cutPart.Shape[1] + 1, part.Shape[2] - cutPart.Shape[2] + 1);
        var thickness = Math.Max(1, Math.Min(part.Shape[0] - cutPart.Shape[0] + 1, SlabBytes / (rows * part.Shape[2] * size)));
        var buffer = new byte[thickness * rows * part.Shape[2] * size];
        for (var z = 0L; z <= part.Shape[0] - cutPart.Shape[0]; z += thickness)
        {
            var slab = new NdIndex(Math.Min(thickness, part.Shape[0] - cutPart.Shape[0] + 1 - z), rows, part.Shape[2]);
            var voxels = buffer.AsMemory(0, (int)slab.Volume * size);
            await whole.ReadAsync(new Box(part.Origin + new NdIndex(z + at[0], at[1], 0), slab), voxels, cancellation);
            foreach (var (dz, y, x) in Occurrences(voxels, row, slab, columns, size))
            {
                var place = new NdIndex(z + dz, y, x);
                if (!await IsSameAsync(whole, new Box(part.Origin + place, cutPart.Shape), cut, cutPart, size, cancellation))
                    continue;
                places.Add(place);
                if (places.Count == MostPlaces)
                    return places;
            }
        }

        return places;
    }

    /// <summary>The row of the middle section whose voxels differ most from their neighbours: one that is found in few other places.</summary>
    private static async ValueTask<(NdIndex At, byte[] Row)> TellingRowAsync(IVolumeReader cut, Box part, int size, CancellationToken cancellation)
    {
        var middle = part.Shape[0] / 2;
        var section = new byte[part.Shape[1] * part.Shape[2] * size];
        await cut.ReadAsync(new Box(part.Origin + new NdIndex(middle, 0, 0), new NdIndex(1, part.Shape[1], part.Shape[2])), section, cancellation);
        var length = (int)part.Shape[2] * size;
        var best = Enumerable.Range(0, (int)part.Shape[1]).MaxBy(y =>
        {
            var row = section.AsSpan(y * length, length);
            var changes = 0;
            for (var i = size; i < row.Length; i++)
                changes += row[i] == row[i - size] ? 0 : 1;
            return changes;
        });
        return (new NdIndex(middle, best, 0), section[(best * length)..((best + 1) * length)]);
    }

    private static IEnumerable<(long Z, long Y, long X)> Occurrences(ReadOnlyMemory<byte> voxels, byte[] row, NdIndex shape, long columns, int size)
    {
        var length = (int)shape[2] * size;
        for (var i = 0; i < shape[0] * shape[1]; i++)
        {
            for (var from = 0; ;)
            {
                var found = voxels.Span.Slice((i * length) + from, length - from).IndexOf(row);
                if (found < 0 || (from += found) / size >= columns)
                    break;
                if (from % size == 0)
                    yield return (i / shape[1], i % shape[1], from / size);
                from++;
            }
        }
    }

    private static async ValueTask<bool> IsSameAsync(IVolumeReader whole, Box wholeBox, IVolumeReader cut, Box cutBox, int size, CancellationToken cancellation)
    {
        var thickness = Math.Clamp(SlabBytes / (cutBox.Shape[1] * cutBox.Shape[2] * size), 1, cutBox.Shape[0]);
        var (a, b) = (new byte[thickness * cutBox.Shape[1] * cutBox.Shape[2] * size], new byte[thickness * cutBox.Shape[1] * cutBox.Shape[2] * size]);
        for (var z = 0L; z < cutBox.Shape[0]; z += thickness)
        {
            var slab = new NdIndex(Math.Min(thickness, cutBox.Shape[0] - z), cutBox.Shape[1], cutBox.Shape[2]);
            var length = (int)slab.Volume * size;
            await whole.ReadAsync(new Box(wholeBox.Origin + new NdIndex(z, 0, 0), slab), a.AsMemory(0, length), cancellation);
            await cut.ReadAsync(new Box(cutBox.Origin + new NdIndex(z, 0, 0), slab), b.AsMemory(0, length), cancellation);
            if (!a.AsSpan(0, length).SequenceEqual(b.AsSpan(0, length)))
                return false;
        }

        return true;
    }
}
