using System.Globalization;
using System.Numerics;
using EmPipeline.Catalog;

namespace EmPipeline.Torch.Sampling;

/// <summary>The stored values of a label that are of one class: those that are listed, or all but those.</summary>
internal sealed class LabelValues
{
    private readonly ulong[] _bits;
    private readonly bool _allBut;

    /// <param name="rows">The label's rows of <c>label_classes</c>; background is 0 whether or not a row says so.</param>
    public LabelValues(IReadOnlyList<LabelClassRecord> rows, string name)
    {
        _allBut = rows.Any(row => row.Value is null && row.Class == name);
        var named = rows.Where(row => row.Value is not null).Select(row => (Bits: Bits(row.Value!), Own: row.Class == name)).ToList();
        if (!named.Exists(value => value.Bits == 0))
            named.Add((0, false));
        _bits = [.. named.Where(value => value.Own != _allBut).Select(value => value.Bits).Distinct()];
    }

    /// <summary>How many of the voxels are of the class.</summary>
    public int Count<T>(ReadOnlySpan<T> voxels)
        where T : unmanaged, IBinaryInteger<T>
    {
        var listed = 0;
        foreach (var bits in _bits)
        {
            if (Fits<T>(bits))
                listed += voxels.Count(T.CreateTruncating(bits));
        }

        return _allBut ? voxels.Length - listed : listed;
    }

    /// <summary>Where voxel number <paramref name="rank"/> of the class is; there must be so many.</summary>
    public int Find<T>(ReadOnlySpan<T> voxels, int rank)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var i = 0; ; i++)
        {
            if (Count(voxels.Slice(i, 1)) == 1 && rank-- == 0)
                return i;
        }
    }

    // A value that the stored type cannot hold is nowhere.
    private static bool Fits<T>(ulong bits)
        where T : unmanaged, IBinaryInteger<T> => ulong.CreateTruncating(T.CreateTruncating(bits)) == bits;

    private static ulong Bits(string value) =>
        value.StartsWith('-') ? unchecked((ulong)long.Parse(value, CultureInfo.InvariantCulture)) : ulong.Parse(value, CultureInfo.InvariantCulture);
}
