namespace EmPipeline.Torch.Targets;

/// <summary>Numbers for ids in the order in which they come; 0 has number 0. Not for concurrent use.</summary>
internal sealed class IdNumbers
{
    private const int Smallest = 1024;
    private long[] _ids = new long[Smallest / 2];
    private int[] _slots = new int[Smallest];
    private int _count;
    private long _lastId;
    private uint _last;

    public ReadOnlySpan<long> Ids => _ids.AsSpan(0, _count);

    public void Clear()
    {
        Array.Clear(_slots);
        (_count, _lastId, _last) = (1, 0, 0);
        _ids[0] = 0;
    }

    public uint Of(long id)
    {
        if (id == 0)
            return 0;
        if (id == _lastId)
            return _last;
        (_lastId, _last) = (id, Find(id));
        return _last;
    }

    private uint Find(long id)
    {
        // A slot holds a number, or 0: background has none.
        var slot = Slot(id);
        for (; _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (_ids[_slots[slot]] == id)
                return (uint)_slots[slot];
        }

        if (_count == _ids.Length)
        {
            Grow();
            return Find(id);
        }

        _slots[slot] = _count;
        _ids[_count] = id;
        return (uint)_count++;
    }

    private void Grow()
    {
        Array.Resize(ref _ids, 2 * _ids.Length);
        _slots = new int[2 * _slots.Length];
        for (var number = 1; number < _count; number++)
        {
            var slot = Slot(_ids[number]);
            while (_slots[slot] != 0)
                slot = (slot + 1) & (_slots.Length - 1);
            _slots[slot] = number;
        }
    }

    private int Slot(long id) => (int)(((ulong)id * 0x9E3779B97F4A7C15) >> 32) & (_slots.Length - 1);
}
