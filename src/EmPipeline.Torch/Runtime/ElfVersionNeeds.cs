using System.Buffers.Binary;
using System.Text;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Runtime;

/// <summary>
/// The versions of other libraries that a 64-bit little-endian ELF library asks for (its section <c>.gnu.version_r</c>), and how strictly.
/// Layout: System V gABI chapter 4 (ELF64) and the Linux Standard Base, "Symbol Versioning" (Elfxx_Verneed, Elfxx_Vernaux).
/// </summary>
internal static class ElfVersionNeeds
{
    private const uint SectionTypeVersionNeeds = 0x6ffffffe;
    private const ushort WeakFlag = 0x2;
    private const ulong SectionHeaderSize = 64;

    /// <summary>Every version that the library asks for: the place of its entry, its name, and whether the loader may do without.</summary>
    /// <exception cref="EmException">Not such a library, or one whose tables point outside of it.</exception>
    public static IReadOnlyList<(string Library, string Version, bool Weak, int FlagsOffset)> Read(ReadOnlySpan<byte> image, string place)
    {
        if (image.Length < 64 || !image.StartsWith("\u007fELF"u8) || image[4] != 2 || image[5] != 1)
            throw EmException.Corrupt(place, "got other content, expected a 64-bit little-endian ELF library.");
        var found = new List<(string, string, bool, int)>();
        var headers = U64(image, 0x28, place);
        int count = U16(image, 0x3c, place);
        for (var i = 0; i < count; i++)
        {
            var header = headers + (ulong)i * SectionHeaderSize;
            if (U32(image, header + 4, place) != SectionTypeVersionNeeds)
                continue;
            var names = headers + U32(image, header + 40, place) * SectionHeaderSize;
            ReadSection(image, U64(image, header + 24, place), U64(image, names + 24, place), U32(image, header + 44, place), place, found);
        }

        return found;
    }

    /// <summary>Lets the loader do without <paramref name="version"/>: sets the flag VER_FLG_WEAK on each entry that asks for it.</summary>
    /// <returns>How many entries were changed.</returns>
    public static int MakeWeak(Span<byte> image, string version, string place)
    {
        var changed = 0;
        foreach (var need in Read(image, place))
        {
            if (need.Version != version || need.Weak)
                continue;
            var flags = BinaryPrimitives.ReadUInt16LittleEndian(image[need.FlagsOffset..]);
            BinaryPrimitives.WriteUInt16LittleEndian(image[need.FlagsOffset..], (ushort)(flags | WeakFlag));
            changed++;
        }

        return changed;
    }

    // Offsets are relative and unsigned, so they only go forward: the walk ends at the end of the file at the latest.
    private static void ReadSection(ReadOnlySpan<byte> image, ulong start, ulong names, uint libraries, string place, List<(string, string, bool, int)> found)
    {
        var library = start;
        for (var i = 0u; i < libraries; i++)
        {
            int versions = U16(image, library + 2, place);
            var name = Text(image, names + U32(image, library + 4, place), place);
            var entry = library + U32(image, library + 8, place);
            for (var j = 0; j < versions; j++)
            {
                var flags = U16(image, entry + 4, place);
                found.Add((name, Text(image, names + U32(image, entry + 8, place), place), (flags & WeakFlag) != 0, (int)entry + 4));
                var next = U32(image, entry + 12, place);
                if (next == 0)
                    break;
                entry += next;
            }

            var nextLibrary = U32(image, library + 12, place);
            if (nextLibrary == 0)
                break;
            library += nextLibrary;
        }
    }

    private static string Text(ReadOnlySpan<byte> image, ulong offset, string place)
    {
        var rest = Slice(image, offset, 1, place, toEnd: true);
        var end = rest.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? rest[..0] : rest[..end]);
    }

    private static ushort U16(ReadOnlySpan<byte> image, ulong offset, string place) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(image, offset, 2, place));

    private static uint U32(ReadOnlySpan<byte> image, ulong offset, string place) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(image, offset, 4, place));

    private static ulong U64(ReadOnlySpan<byte> image, ulong offset, string place) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(image, offset, 8, place));

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> image, ulong offset, int length, string place, bool toEnd = false)
    {
        if (offset > (ulong)(image.Length - length))
            throw EmException.Corrupt(place, $"got a table entry at byte {offset}, expected one inside the {image.Length} bytes of the ELF library.");
        return toEnd ? image[(int)offset..] : image.Slice((int)offset, length);
    }
}
