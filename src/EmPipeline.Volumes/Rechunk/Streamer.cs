namespace EmPipeline.Volumes.Rechunk;

/// <summary>What one worker keeps from box to box: an encoder for each shard of a box and one for coarser shards, and rows of chunks.</summary>
internal sealed class Streamer(Func<ShardEncoder> make) : IDisposable
{
    private readonly List<ShardEncoder> _encoders = [];
    private ShardEncoder? _coarse;
    private byte[] _rows = [];

    /// <summary>The encoder of shards that are encoded in one go.</summary>
    public ShardEncoder Coarse => _coarse ??= make();

    /// <summary>The encoder of a box's shard number <paramref name="index"/>.</summary>
    public ShardEncoder Encoder(int index)
    {
        while (_encoders.Count <= index)
            _encoders.Add(make());
        return _encoders[index];
    }

    /// <summary>Room for rows of chunks; its content is that of the last ones.</summary>
    public Memory<byte> Rows(int length)
    {
        if (_rows.Length < length)
            _rows = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        return _rows.AsMemory(0, length);
    }

    public void Dispose()
    {
        _coarse?.Dispose();
        foreach (var encoder in _encoders)
            encoder.Dispose();
    }
}
