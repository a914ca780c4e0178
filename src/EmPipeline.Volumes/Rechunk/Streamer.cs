namespace EmPipeline.Volumes.Rechunk;

/// <summary>What one worker keeps from box to box: an encoder for each part in a box and one for coarser ones, and what was read.</summary>
internal sealed class Streamer(Func<ShardEncoder> make) : IDisposable
{
    private readonly List<ShardEncoder> _encoders = [];
    private ShardEncoder? _coarse;
    private NativeBuffer? _unit;

    /// <summary>The encoder of parts that are encoded in one go.</summary>
    public ShardEncoder Coarse => _coarse ??= make();

    /// <summary>The encoder of a box's part number <paramref name="index"/>.</summary>
    public ShardEncoder Encoder(int index)
    {
        while (_encoders.Count <= index)
            _encoders.Add(make());
        return _encoders[index];
    }

    /// <summary>Room for what is read at once, until the next call.</summary>
    public Memory<byte> Unit(int length)
    {
        if (_unit is null || _unit.Length < length)
        {
            (_unit as IDisposable)?.Dispose();
            _unit = new NativeBuffer(length);
        }

        return _unit.Memory[..length];
    }

    public void Dispose()
    {
        (_unit as IDisposable)?.Dispose();
        _coarse?.Dispose();
        foreach (var encoder in _encoders)
            encoder.Dispose();
    }
}
