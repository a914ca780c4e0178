using System.Diagnostics;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Benchmarks.Training;

/// <summary>The chunks that random unaligned boxes of 128³ touch in an array, and how fast its codec alone reads and decodes them.</summary>
internal sealed class TouchedChunks : IDisposable
{
    private const int Boxes = 512, PerShard = Volume.Shard / Volume.Chunk;
    private readonly ShardFile[] _shards;
    private readonly List<BareLoops.Run>[] _boxes;
    private readonly int _chunkBytes;
    private readonly IBytesCodec _codec;

    public TouchedChunks(string array, int voxelBytes, IBytesCodec codec)
    {
        _codec = codec;
        _chunkBytes = Volume.Chunk * Volume.Chunk * Volume.Chunk * voxelBytes;
        _shards = [.. Box.Whole(NdIndex.Filled(3, Volume.Edge)).CellsTouched(NdIndex.Filled(3, Volume.Shard))
            .Select(at => ShardFile.Open(Path.Combine(array, $"c/{at[0]}/{at[1]}/{at[2]}"), PerShard * PerShard * PerShard))];
        _boxes = [.. Volume.RandomOrigins(Boxes).Select(origin => ShardFile.Touched(_shards, origin, Volume.Edge, Volume.Shard, Volume.Chunk))];
    }

    /// <summary>Boxes a second, all cores.</summary>
    public double Rate()
    {
        var watch = Stopwatch.StartNew();
        BareLoops.ReadTouchedAsync(_boxes, _chunkBytes, _codec, Settings.Threads).Wait();
        return Boxes / watch.Elapsed.TotalSeconds;
    }

    public void Dispose()
    {
        foreach (var shard in _shards)
            shard.File.Dispose();
    }
}
