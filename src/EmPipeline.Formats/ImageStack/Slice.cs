using EmPipeline.Volumes;

namespace EmPipeline.Formats.ImageStack;

/// <summary>One file of a stack, known to hold one image. Stays open, or is opened for each read.</summary>
/// <param name="Kept">null for a slice beyond the number that is kept open.</param>
/// <param name="Axes">Of the image, without those of size 1 other than y and x.</param>
/// <param name="Used">The positions of these axes in the file's own.</param>
internal sealed record Slice(
    SliceName Name, VoxelType Type, string Axes, NdIndex Shape, VoxelSize Size, IReadOnlyList<int> Used, NdIndex FileShape,
    Func<CancellationToken, ValueTask<IVolumeReader>> Open, IVolumeReader? Kept)
{
    /// <exception cref="EmException">The file holds no image, or more than a slice.</exception>
    public static Slice Of(
        SliceName name, string place, IVolumeReader reader, Func<CancellationToken, ValueTask<IVolumeReader>> open, bool keep)
    {
        var info = reader.Info;
        var used = Enumerable.Range(0, info.Shape.Rank).Where(axis => info.Shape[axis] > 1 || info.Axes[axis] is 'y' or 'x').ToArray();
        var axes = string.Concat(used.Select(axis => info.Axes[axis]));
        if (axes is not ("yx" or "yxc" or "cyx" or "yxi"))
            throw EmException.Unsupported(place, $"a slice with axes {info.Axes} and shape {info.Shape}");
        return new Slice(
            name, info.Type, axes, new NdIndex(used.Select(axis => info.Shape[axis]).ToArray()), info.VoxelSize, used, info.Shape, open, keep ? reader : null);
    }

    /// <summary>Reads a box of the slice's <see cref="Axes"/>.</summary>
    public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation)
    {
        var (origin, shape) = (NdIndex.Filled(FileShape.Rank, 0), NdIndex.Filled(FileShape.Rank, 1));
        for (var axis = 0; axis < Used.Count; axis++)
            (origin[Used[axis]], shape[Used[axis]]) = (box.Origin[axis], box.Shape[axis]);
        var inFile = new Box(origin, shape);
        if (Kept is not null)
        {
            await Kept.ReadAsync(inFile, buffer, cancellation);
            return;
        }

        await using var reader = await Open(cancellation);
        await reader.ReadAsync(inFile, buffer, cancellation);
    }
}
