namespace EmPipeline.Volumes.Rechunk;

/// <summary>What one worker keeps from box to box: an encoder for each shard of a box and one for coarser shards, and a row of chunks.</summary>
internal sealed class Streamer(Func<ShardEncoder> make) : IDisposable
{
    private readonly List<ShardEncoder> _encoders = [];
    private ShardEncoder? _coarse;
    private byte[] _row = [];

    /// <summary>The encoder of shards that are encoded in one go.</summary>
    public ShardEncoder Coarse => _coarse ??= make();

    /// <summary>The encoder of a box's shard number <paramref name="index"/>.</summary>
    public ShardEncoder Encoder(int index)
    {
        while (_encoders.Count <= index)
            _encoders.Add(make());
        return _encoders[index];
    }

    /// <summary>Room for a row of chunks; its content is that of the last one.</summary>
    public Memory<byte> Row(int length)
    {
        if (_row.Length < length)
            _row = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        return _row.AsMemory(0, length);
    }

    public void Dispose()
    {
        _coarse?.Dispose();
        foreach (var encoder in _encoders)
            encoder.Dispose();
    }
}
