using System.Runtime.InteropServices;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;
using EmPipeline.Zarr.Labels;

namespace EmPipeline.Zarr;

/// <summary>
/// What <see cref="LabelStatistics"/> counted of a label, by inner chunk and by block of its image. Read in order and in bounded memory, anew at each
/// enumeration. The same label gives the same bytes.
/// </summary>
public sealed class LabelStatisticsFile
{
    private const int ReadLength = 1 << 18;
    private readonly string _path;
    private readonly LabelStatisticsHeader _header;
    private readonly long _firstChunk;
    private readonly long _firstBlock;

    private LabelStatisticsFile(string path, LabelStatisticsHeader header, int headerLength)
    {
        (_path, _header, _firstChunk) = (path, header, headerLength);
        _firstBlock = _firstChunk + (header.Chunks().Volume * header.ChunkSlot);
    }

    /// <exception cref="EmException">The file is not whole, or none of label statistics.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static LabelStatisticsFile Open(string path)
    {
        using var file = File.OpenRead(path);
        var (header, length) = LabelStatisticsHeader.Read(file, path);
        var expected = length + (header.Chunks().Volume * header.ChunkSlot) + (header.Blocks().Volume * header.BlockSlot);
        return file.Length == expected ? new(path, header, length)
            : throw EmException.Corrupt(path, $"got {file.Length} bytes, expected {expected}. Run ./build.sh Rechunk; it is made again.");
    }

    /// <summary>Blocks in which something is annotated, by z, y, x, then class: a row for each class of the label.</summary>
    public IEnumerable<LabelBlockTally> Blocks()
    {
        var block = new NdIndex(_header.Block);
        foreach (var (at, numbers) in Slots(_firstBlock, _header.Blocks(), _header.BlockSlot))
        {
            if (numbers[0] == 0)
                continue;
            for (var i = 0; i < _header.Classes.Length; i++)
            {
                yield return new LabelBlockTally(
                    at * block, _header.Classes[i], numbers[2 + i], numbers[0], 1 - ((double)numbers[0] / numbers[1]), _header.HasObjects ? numbers[^1] : null);
            }
        }
    }

    /// <summary>Chunks that hold some of a class, by z, y, x, then class.</summary>
    public IEnumerable<LabelChunkTally> Chunks()
    {
        var chunk = new NdIndex(_header.Chunk);
        foreach (var (at, numbers) in Slots(_firstChunk, _header.Chunks(), _header.ChunkSlot))
        {
            for (var i = 0; i < _header.Classes.Length; i++)
            {
                if (numbers[i] > 0)
                    yield return new LabelChunkTally(at * chunk, _header.Classes[i], numbers[i], _header.HasObjects ? numbers[^1] : null);
            }
        }
    }

    /// <summary>All slots that are not zero alone; the numbers are good until the next.</summary>
    private IEnumerable<(NdIndex At, long[] Numbers)> Slots(long offset, NdIndex grid, int slot)
    {
        if (slot == 0)
            yield break;
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        file.Position = offset;
        var total = grid.Volume;
        var bytes = new byte[Math.Max(1, ReadLength / slot) * slot];
        var numbers = new long[slot / 8];
        for (var number = 0L; number < total;)
        {
            var length = (int)Math.Min(bytes.Length, (total - number) * slot);
            if (file.ReadAtLeast(bytes.AsSpan(0, length), length, throwOnEndOfStream: false) < length)
                throw EmException.Corrupt(_path, "the file was cut off while it was read. Run again.");
            for (var at = 0; at < length; at += slot, number++)
            {
                if (!bytes.AsSpan(at, slot).ContainsAnyExcept((byte)0))
                    continue;
                MemoryMarshal.Cast<byte, long>(bytes.AsSpan(at, slot)).CopyTo(numbers);
                yield return (new NdIndex(number / grid[2] / grid[1], number / grid[2] % grid[1], number % grid[2]), numbers);
            }
        }
    }
}
