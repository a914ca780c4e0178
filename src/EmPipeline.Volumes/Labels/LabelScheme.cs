namespace EmPipeline.Volumes.Labels;

/// <summary>What the values of a label mean. Values are of any integer type up to 64 bits, exact. Immutable.</summary>
public sealed class LabelScheme
{
    private LabelScheme(LabelKind kind, IReadOnlyDictionary<Int128, string> classes, IReadOnlyList<string> names, IEnumerable<Int128>? unknown)
    {
        (Kind, Classes, ClassNames) = (kind, classes, names);
        Unknown = [.. (unknown ?? []).Distinct().Order()];
        if (Unknown.Where(classes.ContainsKey).Select(value => (Int128?)value).FirstOrDefault() is { } both)
            throw new ArgumentException($"unknown: got {both}, which is '{classes[both]}' too, expected values without a class.", nameof(unknown));
    }

    public LabelKind Kind { get; }

    /// <summary>Value → class; empty for instances. A value that is in neither list was looked at and is none of the classes.</summary>
    public IReadOnlyDictionary<Int128, string> Classes { get; }

    /// <summary>The classes, in ordinal order; of instances the one that every object is of.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The values of voxels that nobody looked at, ascending.</summary>
    public IReadOnlyList<Int128> Unknown { get; }

    /// <summary>Every value is an object of the class <paramref name="name"/>, but for 0 and what is unknown.</summary>
    public static LabelScheme Instances(string name, IEnumerable<Int128>? unknown = null) => new(LabelKind.Instances, new Dictionary<Int128, string>(), [name], unknown);

    /// <summary>Values mean classes; several may mean one.</summary>
    /// <exception cref="ArgumentException">A value is a class and unknown.</exception>
    public static LabelScheme OfClasses(IReadOnlyDictionary<Int128, string> classes, IEnumerable<Int128>? unknown = null) =>
        new(LabelKind.Classes, classes, [.. classes.Values.Distinct().Order(StringComparer.Ordinal)], unknown);

    /// <summary>What each value means that means something of its own: an index into <see cref="ClassNames"/>, or -1 for unknown.</summary>
    /// <param name="type">Values that it cannot hold do not occur, and are left out.</param>
    /// <returns>By the value's bits, as <paramref name="type"/> stores them.</returns>
    public IReadOnlyDictionary<ulong, int> MeaningsIn(VoxelType type)
    {
        var meanings = new Dictionary<ulong, int>();
        foreach (var (value, name) in Classes)
        {
            if (Bits(value, type) is { } bits)
                meanings.Add(bits, IndexOf(name));
        }

        foreach (var value in Unknown)
        {
            if (Bits(value, type) is { } bits)
                meanings.Add(bits, -1);
        }

        return meanings;
    }

    private int IndexOf(string name)
    {
        var index = 0;
        while (ClassNames[index] != name)
            index++;
        return index;
    }

    private static ulong? Bits(Int128 value, VoxelType type)
    {
        var bits = type.Size() * 8;
        var isSigned = type is VoxelType.Int8 or VoxelType.Int16 or VoxelType.Int32 or VoxelType.Int64;
        var (low, high) = type == VoxelType.Boolean ? (0, 1) : isSigned ? (-(Int128.One << (bits - 1)), (Int128.One << (bits - 1)) - 1) : (0, (Int128.One << bits) - 1);
        return value < low || value > high ? null : (ulong)(UInt128)(value & ((Int128.One << bits) - 1));
    }
}
