using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Mrc;

/// <summary>
/// The 1,024 bytes that every MRC, CCP4 and MAP file starts with, as MRC2014 has them. Fields of three are in the order of the axes
/// x, y, z but for the extent, which is in the order of the file: columns, rows, sections.
/// </summary>
internal sealed class MrcHeader
{
    public const int Length = 1024;
    private const int ModeAt = 12, StartAt = 16, SamplingAt = 28, CellAt = 40, AxesAt = 64, StatisticsAt = 76, SpaceGroupAt = 88;
    private const int ExtendedAt = 92, ExtendedTypeAt = 104, VersionAt = 108, ImodStampAt = 152, OriginAt = 196, MapAt = 208, MachineAt = 212;
    private const int LabelCountAt = 220, LabelsAt = 224, LabelBytes = 80, MaxLabels = 10;
    private readonly byte[] _bytes;

    private MrcHeader(ReadOnlySpan<byte> bytes, bool bigEndian) => (_bytes, BigEndian) = (bytes[..Length].ToArray(), bigEndian);

    public bool BigEndian { get; }

    /// <summary>Columns, rows, sections: the fastest axis first.</summary>
    public (int Columns, int Rows, int Sections) Extent => (Int(0), Int(4), Int(8));

    public int Mode => Int(ModeAt);

    /// <summary>Which of x (1), y (2) and z (3) columns, rows and sections are; 1, 2, 3 where old files say nothing.</summary>
    public (int Columns, int Rows, int Sections) Axes =>
        (Int(AxesAt), Int(AxesAt + 4), Int(AxesAt + 8)) is var axes && axes == (0, 0, 0) ? (1, 2, 3) : axes;

    /// <summary>0: images; 1 to 230: crystallographic space group; 401: a stack of volumes.</summary>
    public int SpaceGroup => Int(SpaceGroupAt);

    /// <summary>How many samples the unit cell has along z: for a stack of volumes, the sections of one.</summary>
    public int SamplingZ => Int(SamplingAt + 8);

    public int ExtendedBytes => Int(ExtendedAt);

    public string ExtendedType => Ascii(ExtendedTypeAt, 4);

    public bool HasMapStamp => HasStamp(_bytes);

    /// <summary>
    /// Bytes are signed, says MRC2014; files of IMOD say which in a flag, and a maximum above 127 in a file older than the rule says the same.
    /// </summary>
    public bool BytesAreUnsigned
    {
        get
        {
            const int ImodStamp = 1146047817, SignedFlag = 1, LargestSigned = 127;
            if (Int(ImodStampAt) == ImodStamp)
                return (Int(ImodStampAt + 4) & SignedFlag) == 0;
            return Float(StatisticsAt) >= 0 && Float(StatisticsAt + 4) is > LargestSigned and <= byte.MaxValue;
        }
    }

    /// <summary>The edges of a voxel along x, y and z in Å, as the cell and its sampling give it; not positive where they say nothing.</summary>
    public (double X, double Y, double Z) Spacing => (SpacingOf(0), SpacingOf(1), SpacingOf(2));

    /// <summary>Reads a header, of either byte order.</summary>
    /// <returns>Null when the bytes are no MRC header in either.</returns>
    public static MrcHeader? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length)
            return null;
        // The stamp names the order. It is missing or wrong in many files, and the numbers themselves tell it as well.
        const byte BigEndianStamp = 0x11;
        var stamped = bytes[MachineAt] == BigEndianStamp;
        foreach (var bigEndian in (ReadOnlySpan<bool>)[stamped, !stamped])
        {
            if (new MrcHeader(bytes, bigEndian) is { IsPlausible: true } header)
                return header;
        }

        return null;
    }

    public static bool HasStamp(ReadOnlySpan<byte> bytes) => bytes.Length >= Length && bytes.Slice(MapAt, 3).SequenceEqual("MAP"u8);

    /// <summary>Everything the header states, by MRC2014's names.</summary>
    public IEnumerable<MetadataValue> Metadata()
    {
        yield return Value("MODE", Mode);
        yield return Value("MAPC, MAPR, MAPS", Triple(AxesAt));
        yield return Value("NXSTART, NYSTART, NZSTART", Triple(StartAt));
        yield return Value("MX, MY, MZ", Triple(SamplingAt));
        yield return Value("CELLA", string.Create(CultureInfo.InvariantCulture, $"{Float(CellAt)}, {Float(CellAt + 4)}, {Float(CellAt + 8)}"));
        yield return Value("ORIGIN", string.Create(CultureInfo.InvariantCulture, $"{Float(OriginAt)}, {Float(OriginAt + 4)}, {Float(OriginAt + 8)}"));
        yield return Value("DMIN, DMAX, DMEAN", string.Create(CultureInfo.InvariantCulture, $"{Float(StatisticsAt)}, {Float(StatisticsAt + 4)}, {Float(StatisticsAt + 8)}"));
        yield return Value("ISPG", SpaceGroup);
        yield return Value("NSYMBT", ExtendedBytes);
        if (ExtendedType.Length > 0)
            yield return Value("EXTTYP", ExtendedType);
        if (Int(VersionAt) > 0)
            yield return Value("NVERSION", Int(VersionAt));
        yield return Value("byte order", BigEndian ? "big-endian" : "little-endian");
        for (var i = 0; i < Math.Clamp(Int(LabelCountAt), 0, MaxLabels); i++)
        {
            if (Ascii(LabelsAt + (i * LabelBytes), LabelBytes) is { Length: > 0 } label)
                yield return Value($"LABEL[{i}]", label);
        }
    }

    private bool IsPlausible
    {
        get
        {
            const int LargestExtent = 1 << 24;
            var (columns, rows, sections) = Extent;
            return columns is > 0 and < LargestExtent && rows is > 0 and < LargestExtent && sections is > 0 and < LargestExtent
                && MrcMode.IsKnownCode(Mode)
                && Axes is var (c, r, s) && c is >= 1 and <= 3 && r is >= 1 and <= 3 && s is >= 1 and <= 3 && c != r && r != s && c != s
                && ExtendedBytes >= 0;
        }
    }

    private double SpacingOf(int axis) => Int(SamplingAt + (4 * axis)) is > 0 and var samples ? Float(CellAt + (4 * axis)) / (double)samples : 0;

    private string Triple(int at) => string.Create(CultureInfo.InvariantCulture, $"{Int(at)}, {Int(at + 4)}, {Int(at + 8)}");

    private int Int(int at) => BigEndian ? BinaryPrimitives.ReadInt32BigEndian(_bytes.AsSpan(at)) : BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at));

    private float Float(int at) => BitConverter.Int32BitsToSingle(Int(at));

    private string Ascii(int at, int length) => Encoding.Latin1.GetString(_bytes, at, length).Split('\0')[0].TrimEnd();

    private static MetadataValue Value(string key, IFormattable value) => Value(key, value.ToString(null, CultureInfo.InvariantCulture));

    private static MetadataValue Value(string key, string value) => new(key, value, "header");
}
