namespace EmPipeline.Formats.Hdf5;

/// <summary>The eight bytes that an HDF5 file starts with, after a user block of 0, 512, 1024, … bytes.</summary>
internal static class Hdf5Signature
{
    private const int FirstUserBlock = 512, LastUserBlock = 1 << 24;

    public static ReadOnlySpan<byte> Bytes => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>The byte at which the signature lies; null when there is none.</summary>
    public static long? Find(Stream file)
    {
        Span<byte> found = stackalloc byte[Bytes.Length];
        for (var at = 0L; at + found.Length <= file.Length && at <= LastUserBlock; at = at == 0 ? FirstUserBlock : 2 * at)
        {
            file.Position = at;
            file.ReadExactly(found);
            if (found.SequenceEqual(Bytes))
                return at;
        }

        return null;
    }
}
