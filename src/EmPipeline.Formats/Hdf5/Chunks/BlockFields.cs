namespace EmPipeline.Formats.Hdf5.Chunks;

/// <summary>The fields of a block in turn, little-endian.</summary>
internal ref struct BlockFields(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public byte Byte() => Take(1)[0];

    /// <summary>An unsigned integer of up to 8 bytes.</summary>
    public ulong Number(int size) => ReadNumber(Take(size));

    /// <summary>An address; null when it says that there is none.</summary>
    public ulong? Address(int size) => ReadAddress(Take(size));

    public static ulong ReadNumber(ReadOnlySpan<byte> bytes)
    {
        var number = 0ul;
        for (var i = bytes.Length - 1; i >= 0; i--)
            number = (number << 8) | bytes[i];
        return number;
    }

    public static ulong? ReadAddress(ReadOnlySpan<byte> bytes) => bytes.ContainsAnyExcept((byte)0xFF) ? ReadNumber(bytes) : null;
}
