namespace EmPipeline.Formats.Dm;

/// <summary>One node of the tag tree. The root and every tag directory are groups, everything else is a value.</summary>
/// <param name="Name">"" for the members of a list, which are known by their index.</param>
internal abstract record DmTag(string Name);

/// <summary>A tag directory: a list when its members have no names.</summary>
internal sealed record DmGroup(string Name, List<DmTag> Members) : DmTag(Name)
{
    /// <summary>The member of this name, or null. A file may repeat a name; the first counts.</summary>
    public DmTag? this[string name] => Members.Find(member => member.Name == name);

    public DmGroup? Group(string name) => this[name] as DmGroup;

    public IEnumerable<DmGroup> Groups => Members.OfType<DmGroup>();

    /// <summary>The value below these names, or null.</summary>
    public T? At<T>(params ReadOnlySpan<string> path)
        where T : DmTag
    {
        DmTag? at = this;
        foreach (var name in path)
            at = (at as DmGroup)?[name];
        return at as T;
    }
}

/// <summary>One number.</summary>
/// <param name="Value">An integer of 64 bits at most, a float or a bool, as .NET has it.</param>
internal sealed record DmNumber(string Name, IConvertible Value) : DmTag(Name)
{
    public double AsDouble => Value.ToDouble(null);
}

internal sealed record DmText(string Name, string Value) : DmTag(Name);

/// <summary>A group of numbers of fixed types.</summary>
internal sealed record DmStruct(string Name, IReadOnlyList<IConvertible> Values) : DmTag(Name);

/// <summary>An array: only its place is kept, and its bytes where it is small.</summary>
/// <param name="ElementType">The number's type, or <see cref="DmTagType.Struct"/>.</param>
/// <param name="Offset">The file's byte at which it starts.</param>
/// <param name="Bytes">The array, little-endian; empty when it was too large to be metadata.</param>
internal sealed record DmArray(string Name, DmTagType ElementType, long Count, long Offset, long ByteLength, byte[] Bytes) : DmTag(Name);

/// <summary>The type codes of tag data.</summary>
internal enum DmTagType
{
    Int16 = 2,
    Int32 = 3,
    UInt16 = 4,
    UInt32 = 5,
    Float32 = 6,
    Float64 = 7,
    Boolean = 8,
    Char = 9,
    Octet = 10,
    Int64 = 11,
    UInt64 = 12,
    Struct = 15,
    String = 18,
    Array = 20,
}
