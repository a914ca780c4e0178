using System.Runtime.InteropServices;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.Labels;

/// <summary>Writes a file of label statistics: slots at their places, in any order; the file has its name when it is whole and durable.</summary>
internal sealed class LabelStatisticsWriter : ILabelTallySink, IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly LabelStatisticsHeader _header;
    private readonly LabelCuts[] _cuts;
    private readonly NdIndex _chunks;
    private readonly NdIndex _blocks;
    private readonly long _firstChunk;
    private readonly long _firstBlock;

    public LabelStatisticsWriter(string path, LabelStatisticsHeader header, LabelCuts[] cuts)
    {
        (_path, _header, _cuts, _chunks, _blocks) = (path, header, cuts, header.Chunks(), header.Blocks());
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = File.OpenHandle(Partial, FileMode.Create, FileAccess.Write);
        var start = header.ToBytes();
        RandomAccess.Write(_file, start, 0);
        _firstChunk = start.Length;
        _firstBlock = checked(_firstChunk + (_chunks.Volume * header.ChunkSlot));
        RandomAccess.SetLength(_file, checked(_firstBlock + (_blocks.Volume * header.BlockSlot)));
    }

    private string Partial => _path + Durable.PartialSuffix;

    public void WriteChunks(NdIndex first, IReadOnlyList<LabelTally> row)
    {
        // What is not written reads as zeros.
        if (row.All(tally => tally.Voxels.All(count => count == 0)))
            return;
        var numbers = new List<long>();
        foreach (var tally in row)
            AddCounts(numbers, tally);
        Write(numbers, _firstChunk + (NumberOf(first, _chunks) * _header.ChunkSlot));
    }

    public void WriteBlocks(NdIndex first, IReadOnlyList<LabelTally> row)
    {
        if (row.All(tally => tally.Known == 0))
            return;
        var numbers = new List<long>();
        for (var i = 0; i < row.Count; i++)
        {
            numbers.Add(row[i].Known);
            numbers.Add(_cuts[0].Inside((int)first[0]) * _cuts[1].Inside((int)first[1]) * _cuts[2].Inside((int)first[2] + i));
            AddCounts(numbers, row[i]);
        }

        Write(numbers, _firstBlock + (NumberOf(first, _blocks) * _header.BlockSlot));
    }

    /// <summary>Gives the file its name.</summary>
    public void Finish()
    {
        Durable.Flush(_file);
        _file.Dispose();
        File.Move(Partial, _path, overwrite: true);
        Durable.FlushFolder(Path.GetDirectoryName(_path)!);
    }

    public void Dispose() => _file.Dispose();

    private void AddCounts(List<long> numbers, LabelTally tally)
    {
        numbers.AddRange(tally.Voxels);
        if (_header.HasObjects)
            numbers.Add(tally.Objects!.Value);
    }

    private void Write(List<long> numbers, long offset) => RandomAccess.Write(_file, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(numbers)), offset);

    private static long NumberOf(NdIndex at, NdIndex grid) => (((at[0] * grid[1]) + at[1]) * grid[2]) + at[2];
}
