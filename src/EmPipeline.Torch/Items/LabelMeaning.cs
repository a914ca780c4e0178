using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Items;

/// <summary>What the values of one label mean: which of them are unknown, and which class each is of. Immutable.</summary>
internal sealed class LabelMeaning
{
    private const sbyte Unknown = -1;
    private readonly Dictionary<long, sbyte> _classes = [];
    private readonly long[] _unknown;
    private readonly sbyte _other;

    /// <param name="rows">The label's rows of <c>label_classes</c>.</param>
    /// <param name="classes">The names of classes 1, 2, …</param>
    public LabelMeaning(IReadOnlyList<LabelClassRecord> rows, IReadOnlyList<string> classes)
    {
        // 0 is background, and what no row names too: somebody looked, and it is none of the classes.
        foreach (var row in rows)
        {
            var meaning = !row.Known ? Unknown : row.Class is null ? (sbyte)0 : checked((sbyte)(1 + IndexOf(classes, row.Class)));
            if (row.Value is null)
                _other = meaning;
            else
                _classes[Bits(row.Value)] = meaning;
        }

        _classes.TryAdd(0, 0);
        _unknown = [.. _classes.Where(entry => entry.Value == Unknown).Select(entry => entry.Key)];
    }

    /// <summary>Of what <see cref="ToClasses"/> gives: -1 is unknown.</summary>
    public static LabelMeaning OfClasses { get; } = new([new("", "", "", "-1", null, Known: false)], []);

    /// <summary>Whether any value means that nobody looked.</summary>
    public bool HasUnknown => _unknown.Length > 0;

    /// <summary>Sets the mask to 0 where labels have a value that is unknown.</summary>
    public void MarkUnknown<TLabel>(ReadOnlySpan<TLabel> labels, Span<byte> mask)
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        foreach (var bits in _unknown)
        {
            var value = TLabel.CreateTruncating(bits);
            if (long.CreateTruncating(value) != bits)
                continue;
            for (var at = 0; labels[at..].IndexOf(value) is var next and >= 0;)
            {
                var start = at + next;
                var length = labels[start..].IndexOfAnyExcept(value) is var end and >= 0 ? end : labels.Length - start;
                mask.Slice(start, length).Clear();
                at = start + length;
            }
        }
    }

    /// <summary>Writes the class of each stored value; -1 where it is unknown.</summary>
    public void ToClasses(VoxelType type, ReadOnlySpan<byte> stored, Span<sbyte> classes)
    {
        switch (type)
        {
            case VoxelType.Boolean or VoxelType.UInt8: Runs(stored, classes); break;
            case VoxelType.Int8: Runs(MemoryMarshal.Cast<byte, sbyte>(stored), classes); break;
            case VoxelType.UInt16: Runs(MemoryMarshal.Cast<byte, ushort>(stored), classes); break;
            case VoxelType.Int16: Runs(MemoryMarshal.Cast<byte, short>(stored), classes); break;
            case VoxelType.UInt32: Runs(MemoryMarshal.Cast<byte, uint>(stored), classes); break;
            case VoxelType.Int32: Runs(MemoryMarshal.Cast<byte, int>(stored), classes); break;
            default: Runs(MemoryMarshal.Cast<byte, long>(stored), classes); break;
        }
    }

    // Labels come in runs: a value is looked up once for each.
    private void Runs<TStored>(ReadOnlySpan<TStored> stored, Span<sbyte> classes)
        where TStored : unmanaged, IBinaryInteger<TStored>
    {
        for (var at = 0; at < stored.Length;)
        {
            var length = stored[at..].IndexOfAnyExcept(stored[at]) is var end and >= 0 ? end : stored.Length - at;
            classes.Slice(at, length).Fill(_classes.GetValueOrDefault(long.CreateTruncating(stored[at]), _other));
            at += length;
        }
    }

    private static int IndexOf(IReadOnlyList<string> classes, string name)
    {
        for (var i = 0; i < classes.Count; i++)
        {
            if (classes[i] == name)
                return i;
        }

        throw new ArgumentException($"class: got {name}, expected one of {string.Join(", ", classes)}.", nameof(name));
    }

    private static long Bits(string value) => value.StartsWith('-') ? long.Parse(value, CultureInfo.InvariantCulture) : unchecked((long)ulong.Parse(value, CultureInfo.InvariantCulture));
}
