using System.Runtime.InteropServices;

namespace EmPipeline.Formats.Precomputed;

/// <summary>The parts of a Compresso stream.</summary>
/// <typeparam name="T">The label type.</typeparam>
internal readonly ref struct CompressoSections<T>
    where T : unmanaged
{
    /// <summary>A label for each connected region.</summary>
    public ReadOnlySpan<T> Ids { get; private init; }

    /// <summary>The distinct windows as bit fields, of <see cref="CompressoHeader.WindowBytes"/> each.</summary>
    public ReadOnlySpan<byte> Values { get; private init; }

    /// <summary>Instructions for boundary voxels.</summary>
    public ReadOnlySpan<T> Locations { get; private init; }

    /// <summary>Run-length encoded numbers of windows, of <see cref="CompressoHeader.WindowBytes"/> each.</summary>
    public ReadOnlySpan<byte> Windows { get; private init; }

    /// <exception cref="InvalidDataException">The sections that the header claims do not fit the stream.</exception>
    public static unsafe CompressoSections<T> Split(ReadOnlySpan<byte> stream, CompressoHeader header)
    {
        var ids = (Int128)header.Ids * sizeof(T);
        var values = (Int128)header.Values * header.WindowBytes;
        var locations = (Int128)header.Locations * sizeof(T);
        var windows = stream.Length - CompressoHeader.Bytes - ids - values - locations - header.SliceIndexBytes;
        if (windows < 0 || windows % header.WindowBytes != 0)
        {
            throw new InvalidDataException(
                $"got a Compresso stream of {stream.Length} bytes, expected {stream.Length - windows} for its header, ids, values and locations, and whole windows. Fetch the file again");
        }

        var idStart = CompressoHeader.Bytes;
        var valueStart = idStart + (int)ids;
        var locationStart = valueStart + (int)values;
        var windowStart = locationStart + (int)locations;
        return new CompressoSections<T>
        {
            Ids = MemoryMarshal.Cast<byte, T>(stream[idStart..valueStart]),
            Values = stream[valueStart..locationStart],
            Locations = MemoryMarshal.Cast<byte, T>(stream[locationStart..windowStart]),
            Windows = stream.Slice(windowStart, (int)windows),
        };
    }
}
