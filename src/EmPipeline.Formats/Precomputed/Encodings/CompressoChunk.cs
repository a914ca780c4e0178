using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// Encoding "compresso", the stream format of seung-lab/compresso (versions 0 and 1). A bit a voxel says whether it lies on the boundary
/// of its segment. The connected regions of the other voxels have one label each ("ids", in order of their first voxel); a boundary voxel
/// takes the label of its left or upper neighbour if that is inside, and else has an instruction of its own ("locations").
/// </summary>
internal sealed class CompressoChunk(int voxelBytes) : IChunkDecoder
{
    public NdIndex Measure(ReadOnlySpan<byte> encoded, NdIndex clipped, NdIndex full)
    {
        var header = CompressoHeader.Read(encoded);
        if (header.LabelBytes != voxelBytes)
            throw new InvalidDataException($"got labels of {header.LabelBytes} bytes, expected {voxelBytes}");
        var shape = new NdIndex(1, header.Z, header.Y, header.X);
        return shape == clipped || shape == full ? shape : throw new InvalidDataException(
            $"got a Compresso volume of {header.Z}×{header.Y}×{header.X}, expected {clipped[1]}×{clipped[2]}×{clipped[3]}");
    }

    public void Decode(ReadOnlySpan<byte> encoded, NdIndex shape, Span<byte> target)
    {
        switch (voxelBytes)
        {
            case 1:
                Decode<byte>(encoded, target);
                break;
            case 2:
                Decode<ushort>(encoded, target);
                break;
            case 4:
                Decode<uint>(encoded, target);
                break;
            default:
                Decode<ulong>(encoded, target);
                break;
        }
    }

    private static void Decode<T>(ReadOnlySpan<byte> encoded, Span<byte> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        var header = CompressoHeader.Read(encoded);
        var labels = MemoryMarshal.Cast<byte, T>(target);
        var sections = CompressoSections<T>.Split(encoded, header);
        var rented = ArrayPool<bool>.Shared.Rent(labels.Length);
        try
        {
            var boundary = rented.AsSpan(0, labels.Length);
            CompressoBoundary.Decode(sections.Values, sections.Windows, header, boundary);
            LabelRegions(boundary, header, sections.Ids, labels);
            LabelBoundary(boundary, header, sections.Locations, labels);
        }
        finally
        {
            ArrayPool<bool>.Shared.Return(rented);
        }
    }

    /// <summary>Gives every connected region of voxels off the boundary its label; 4-connected regions lie in one slice.</summary>
    private static void LabelRegions<T>(ReadOnlySpan<bool> boundary, CompressoHeader header, ReadOnlySpan<T> ids, Span<T> labels)
        where T : unmanaged
    {
        var slice = header.X * header.Y;
        var together = header.Connectivity == 6 ? header.Z : 1;
        var regions = new ConnectedRegions(header.X, header.Y, together);
        var first = 0;
        for (var z = 0; z < header.Z; z += together)
        {
            var part = (slice * z)..(slice * (z + together));
            first += regions.Label(boundary[part], ids[first..], labels[part]);
        }
    }

    private static void LabelBoundary<T>(ReadOnlySpan<bool> boundary, CompressoHeader header, ReadOnlySpan<T> locations, Span<T> labels)
        where T : unmanaged, IBinaryInteger<T>
    {
        var (width, slice) = (header.X, header.X * header.Y);
        var next = 0;
        for (int z = 0, at = 0; z < header.Z; z++)
        {
            for (var y = 0; y < header.Y; y++)
            {
                for (var x = 0; x < width; x++, at++)
                {
                    if (!boundary[at])
                        continue;
                    if (x > 0 && !boundary[at - 1])
                        labels[at] = labels[at - 1];
                    else if (y > 0 && !boundary[at - width])
                        labels[at] = labels[at - width];
                    else if (header.Connectivity == 6 && z > 0 && !boundary[at - slice])
                        labels[at] = labels[at - slice];
                    else
                        labels[at] = FollowLocation(locations, ref next, labels, at, width, slice);
                }
            }
        }
    }

    // 0 to 5 name a neighbour (left, right, above, below, slice before, slice after), 6 that the label itself comes next, others are the
    // label plus 7.
    private static T FollowLocation<T>(ReadOnlySpan<T> locations, ref int next, ReadOnlySpan<T> labels, int at, int width, int slice)
        where T : unmanaged, IBinaryInteger<T>
    {
        const int literal = 6, firstLabel = 7;
        var code = Next(locations, ref next);
        if (code >= T.CreateTruncating(firstLabel))
            return code - T.CreateTruncating(firstLabel);
        var instruction = int.CreateTruncating(code);
        if (instruction == literal)
            return Next(locations, ref next);
        var neighbour = at + instruction switch { 0 => -1, 1 => 1, 2 => -width, 3 => width, 4 => -slice, _ => slice };
        return (uint)neighbour < (uint)labels.Length ? labels[neighbour] : throw new InvalidDataException(
            $"got instruction {instruction} for voxel {at}, expected a neighbour inside the chunk");
    }

    private static T Next<T>(ReadOnlySpan<T> locations, ref int next) =>
        next < locations.Length ? locations[next++] : throw new InvalidDataException(
            $"got {locations.Length} boundary instructions, expected more. Fetch the file again");
}
