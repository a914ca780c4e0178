using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.Codecs;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Benchmarks.State;

/// <summary>
/// A dataset of very many shards that takes hardly any room: the source is a sparse file, a run of the pipeline is killed once it has begun
/// its table of shards, the table is filled as that run would have filled it, and every shard's name is a link to one of a few files. The
/// next run goes on from there and finds everything done.
/// </summary>
internal sealed partial class SyntheticVolume(string root, string buildScript, int edge)
{
    public const string Name = "synthetic";
    private const int ShardEdge = 8, HeaderBytes = 1024, StoredBytes = 536, LinksOfAFile = 60_000, Batch = 4096, EmptyEvery = 10;
    private readonly string _links = Path.Combine(root, "links");
    private int _linked;
    private string _target = "";

    public string Data => Path.Combine(root, "data");

    public string Config => Path.Combine(root, "pipeline.yaml");

    private string Table => Path.Combine(Data, "state", Name, "Rechunk.shards");

    /// <returns>How many shards there are on all levels.</returns>
    public async Task<long> MakeAsync()
    {
        Directory.CreateDirectory(_links);
        WriteSource(Path.Combine(root, "source.mrc"), edge * ShardEdge);
        await File.WriteAllTextAsync(Config, $$"""
            version: 1
            datasets:
              {{Name}}:
                source: { file: source.mrc }
                shard: [{{ShardEdge}}, {{ShardEdge}}, {{ShardEdge}}]
                block: [{{ShardEdge}}, {{ShardEdge}}, {{ShardEdge}}]
                chunk: [{{ShardEdge}}, {{ShardEdge}}, {{ShardEdge}}]
                codec: raw

            """);
        using (var run = MeasuredProcess.Start(buildScript, "Rechunk", "--config", Config, "--data", Data, "--plain"))
        {
            while (!File.Exists(Table))
            {
                if (run.HasExited)
                    throw new InvalidOperationException($"Rechunk ended with {run.ExitCode} before it began: {await run.StandardOutput.ReadToEndAsync()}");
                await Task.Delay(1);
            }

            run.Kill(entireProcessTree: true);
            await run.WaitForExitAsync();
        }

        using var table = ShardTable.OpenToWrite(Table)!;
        return table.Levels.Sum(level => Fill(table, level));
    }

    private long Fill(ShardTable table, LevelGrid level)
    {
        var folder = new ShardFolder(Path.Combine(Data, "zarr", Name + ".zarr"));
        var batch = new List<ShardRecord>(Batch);
        var random = new Random(level.Level);
        foreach (var position in Box.Whole(level.Grid).CellsTouched(NdIndex.Filled(3, 1)))
        {
            var empty = random.Next(EmptyEvery) == 0;
            if (!empty)
                Link(folder, level.Level, position);
            batch.Add(Record(level, position, empty, random));
            if (batch.Count < Batch)
                continue;
            table.Write(batch);
            batch.Clear();
        }

        table.Write(batch);
        return level.Grid.Volume;
    }

    private static ShardRecord Record(LevelGrid level, NdIndex position, bool empty, Random random)
    {
        var valid = level.Valid(position);
        var (mean, std) = empty ? (0, 0) : (120 + (8 * random.NextDouble()), 20 + random.NextDouble());
        var block = new BlockRecord(
            level.Level, valid.Origin, valid.Shape, mean - (2.5 * std), mean + (2.5 * std), mean, std,
            mean - (2 * std), mean - (1.5 * std), mean - (0.7 * std), mean, mean + (0.7 * std), mean + (1.5 * std), mean + (2 * std), empty ? 1 : 0, empty ? 1 : 0, 0);
        return empty
            ? new ShardRecord(level.Level, position, ShardState.Empty, 0, 0, [block])
            : new ShardRecord(level.Level, position, ShardState.Written, StoredBytes, (uint)random.Next(), [block]);
    }

    private void Link(ShardFolder folder, int level, NdIndex position)
    {
        if (_linked++ % LinksOfAFile == 0)
        {
            _target = Path.Combine(_links, $"{_linked}");
            File.WriteAllBytes(_target, Shard());
        }

        folder.Make(level, position);
        // Exists already where the killed run came so far.
        var path = folder.File(level, position);
        File.Delete(path);
        if (Link(_target, path) != 0)
            throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>A shard of one inner chunk, stored as it is, with its checksum; then the index and its checksum.</summary>
    private static byte[] Shard()
    {
        const int chunk = ShardEdge * ShardEdge * ShardEdge, checksum = 4, index = 16;
        var shard = new byte[StoredBytes];
        for (var i = 0; i < chunk; i++)
            shard[i] = (byte)i;
        BinaryPrimitives.WriteUInt32LittleEndian(shard.AsSpan(chunk), Crc32C.Compute(shard.AsSpan(0, chunk)));
        BinaryPrimitives.WriteInt64LittleEndian(shard.AsSpan(chunk + checksum + 8), chunk + checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(shard.AsSpan(chunk + checksum + index), Crc32C.Compute(shard.AsSpan(chunk + checksum, index)));
        return shard;
    }

    /// <summary>An MRC file of zeros: a header and a hole.</summary>
    private static void WriteSource(string path, int edge)
    {
        const int MapAt = 208, MachineAt = 212;
        var header = new byte[HeaderBytes];
        foreach (var at in (ReadOnlySpan<int>)[0, 4, 8, 28, 32, 36])
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(at), edge);
        foreach (var axis in (ReadOnlySpan<int>)[1, 2, 3])
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(60 + (4 * axis)), axis);
        "MAP "u8.CopyTo(header.AsSpan(MapAt));
        header[MachineAt] = header[MachineAt + 1] = 0x44;
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, header, 0);
        RandomAccess.SetLength(file, HeaderBytes + ((long)edge * edge * edge));
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string path);
}
