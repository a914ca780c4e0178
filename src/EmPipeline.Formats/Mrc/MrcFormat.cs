using System.Runtime.CompilerServices;
using EmPipeline.Formats.Attributes;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Mrc;

/// <summary>MRC2014, the older MRC dialects and CCP4 maps: a header, an extended header, and one array.</summary>
public sealed class MrcFormat : IFormat
{
    private const int VolumeStack = 401;

    // What such files are called; asked only of a file without the stamp.
    private static readonly string[] Extensions = [".mrc", ".mrcs", ".map", ".ccp4", ".rec", ".st", ".ali", ".preali"];

    public string Name => "mrc";

    public FormatDescription Description { get; } = new(
        "MRC, CCP4 and MAP",
        Extensions,
        [
            "All modes: 0 (int8, or uint8 by IMOD's flag), 1, 2, 3 and 4 (complex, axis i), 6, 12, 16 (RGB, axis c), 101 (four bits)",
            "Both byte orders, by the machine stamp or, where that is missing, by the numbers; files without the stamp 'MAP '",
            "Any axis order (MAPC, MAPR, MAPS), volume stacks (ISPG 401), extended headers of any kind",
            "Voxel size from the cell and its sampling, or from an FEI1 or FEI2 extended header",
            "Region reads straight from the file; gzip and bzip2 wrapped files",
        ],
        [],
        new Uri("https://www.ccpem.ac.uk/mrc_format/mrc2014.php"));

    public async ValueTask<bool> RecognisesAsync(VolumeProbe probe, CancellationToken cancellation = default)
    {
        if (!probe.IsFile || MrcHeader.Parse(probe.Head.Span) is not { } header)
            return false;
        if (header.HasMapStamp)
            return true;
        // Without the stamp the numbers must fit the file as a whole, and exactly so unless its name says the rest.
        if (await probe.Path.Store.FindAsync(probe.Path.Key, cancellation) is not { } file)
            return false;
        var layout = new MrcLayout(header);
        return layout.EndOfData == file.Length || (layout.EndOfData < file.Length && Extensions.Contains(probe.Extension));
    }

    public async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, CancellationToken cancellation = default)
    {
        var file = await path.Store.FindAsync(path.Key, cancellation) ?? throw EmException.Unavailable(path.ToString(), "no such file.");
        var header = await ReadHeaderAsync(path, file.Length, cancellation);
        var layout = new MrcLayout(header);
        RawArrayReader.CheckFits(path, layout.Offset, layout.StoredShape, layout.Mode.Type, file.Length);
        var extended = await ReadExtendedAsync(path, header, cancellation);
        var (size, origin) = VoxelSizeOf(header, extended);
        var info = new VolumeInfo
        {
            Name = "",
            Format = "mrc",
            Shape = layout.Shape,
            Axes = layout.Axes,
            Type = layout.Mode.Type,
            Grain = RawArrayReader.RowOf(layout.Shape),
            Advice = RawArrayReader.AdviceOf(layout.Shape, layout.Mode.Type),
            VoxelSize = size,
            VoxelSizeOrigin = origin,
            Metadata = [.. header.Metadata(), .. extended.Metadata],
        };
        if (header.Mode != MrcMode.FourBit)
            return [new RawArrayReader(path, layout.Offset, info, header.BigEndian)];
        var packed = info with { Shape = layout.StoredShape };
        return [new MrcPackedReader(info, new RawArrayReader(path, layout.Offset, packed, swapped: false))];
    }

    public async IAsyncEnumerable<StoredAttribute> AttributesAsync(VolumePath file, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var found = await file.Store.FindAsync(file.Key, cancellation) ?? throw EmException.Unavailable(file.ToString(), "no such file.");
        var header = await ReadHeaderAsync(file, found.Length, cancellation);
        foreach (var attribute in MrcAttributes.Of(header, await ReadExtendedAsync(file, header, cancellation)))
            yield return attribute;
    }

    private static async ValueTask<MrcHeader> ReadHeaderAsync(VolumePath path, long fileLength, CancellationToken cancellation)
    {
        if (fileLength < MrcHeader.Length)
            throw EmException.Corrupt(path.ToString(), $"got {fileLength} bytes, expected an MRC header of {MrcHeader.Length}. The file is cut off.");
        var bytes = new byte[MrcHeader.Length];
        await path.Store.ReadAsync(path.Key, 0, bytes, cancellation);
        return MrcHeader.Parse(bytes) ?? throw EmException.Corrupt(
            $"{path} bytes 0 to {MrcHeader.Length}", "got numbers that are no MRC header in either byte order, expected extents, a mode and an axis order.");
    }

    private static async ValueTask<MrcExtendedHeader> ReadExtendedAsync(VolumePath path, MrcHeader header, CancellationToken cancellation)
    {
        if (header.ExtendedBytes < MrcExtendedHeader.Length)
            return MrcExtendedHeader.None;
        var bytes = new byte[MrcExtendedHeader.Length];
        await path.Store.ReadAsync(path.Key, MrcHeader.Length, bytes, cancellation);
        return MrcExtendedHeader.Parse(header.ExtendedType, bytes);
    }

    private static (VoxelSize Size, string? Origin) VoxelSizeOf(MrcHeader header, MrcExtendedHeader extended)
    {
        var (x, y, z) = header.Spacing;
        var cell = new VoxelSize(Nanometres(z), Nanometres(y), Nanometres(x));
        var both = cell.Or(new VoxelSize(null, extended.PixelY, extended.PixelX));
        var origins = new List<string>();
        if (cell != VoxelSize.Unknown)
            origins.Add("header CELLA / (MX, MY, MZ)");
        if (both != cell)
            origins.Add(MrcExtendedHeader.Origin);
        return (both, origins.Count == 0 ? null : string.Join("; ", origins));

        static double? Nanometres(double angstrom) => LengthUnits.ToNanometres(angstrom, "Å");
    }

    /// <summary>Shape, axes and place of the array that a header describes.</summary>
    private readonly struct MrcLayout
    {
        public MrcLayout(MrcHeader header)
        {
            Mode = MrcMode.Of(header);
            Offset = MrcHeader.Length + (long)header.ExtendedBytes;
            var (columns, rows, sections) = header.Extent;
            var (c, r, s) = header.Axes;
            var stacked = header.SpaceGroup == VolumeStack && header.SamplingZ > 0 && sections % header.SamplingZ == 0;
            long[] outer = stacked ? [sections / header.SamplingZ, header.SamplingZ] : [sections];
            long[] inner = Mode.Axis is null ? [] : [Mode.Count];
            Shape = new NdIndex([.. outer, rows, columns, .. inner]);
            var rowBytes = header.Mode == MrcMode.FourBit ? (columns + 1L) / 2 : columns;
            StoredShape = new NdIndex([.. outer, rows, rowBytes, .. inner]);
            Axes = $"{(stacked ? "?" : "")}{Letter(s)}{Letter(r)}{Letter(c)}{Mode.Axis}";
        }

        public MrcMode Mode { get; }

        public long Offset { get; }

        public NdIndex Shape { get; }

        /// <summary>The shape in the file, where two voxels of four bits are one byte.</summary>
        public NdIndex StoredShape { get; }

        public string Axes { get; }

        // An extent is below 2^24, so three of them and a size fit 128 bits but not always 64.
        public long EndOfData
        {
            get
            {
                var bytes = (Int128)Mode.Type.Size();
                for (var axis = 0; axis < StoredShape.Rank; axis++)
                    bytes *= StoredShape[axis];
                return (long)Int128.Min(Offset + bytes, long.MaxValue);
            }
        }

        private static char Letter(int axis) => "xyz"[axis - 1];
    }
}
