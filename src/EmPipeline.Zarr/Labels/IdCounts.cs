using System.Numerics;
using System.Runtime.CompilerServices;

namespace EmPipeline.Zarr.Labels;

/// <summary>How often each value occurs: a table with open addressing that is emptied and filled again. Values come in runs. Not for concurrent use.</summary>
internal sealed class IdCounts
{
    private ulong[] _ids = new ulong[64];
    private long[] _counts = new long[64];
    private int[] _used = new int[32];
    private int _count;

    /// <summary>How many values.</summary>
    public int Count => _count;

    /// <summary>The values, in the order in which they were first added, and how often each occurs.</summary>
    public (ulong Id, long Count) this[int number] => (_ids[_used[number]], _counts[_used[number]]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ulong id, long count)
    {
        var slot = Find(id);
        if (_counts[slot] == 0)
        {
            if (_count == _used.Length)
            {
                Grow();
                slot = Find(id);
            }

            _ids[slot] = id;
            _used[_count++] = slot;
        }

        _counts[slot] += count;
    }

    public void Clear()
    {
        foreach (var slot in _used.AsSpan(0, _count))
            _counts[slot] = 0;
        _count = 0;
    }

    // A slot is free where its count is 0. Ids are often consecutive, or differ in their high bits alone.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(ulong id)
    {
        var mask = _ids.Length - 1;
        var slot = (int)((id * 0x9E3779B97F4A7C15) >> (64 - BitOperations.Log2((uint)_ids.Length)));
        while (_counts[slot] != 0 && _ids[slot] != id)
            slot = (slot + 1) & mask;
        return slot;
    }

    private void Grow()
    {
        var (ids, counts, used, count) = (_ids, _counts, _used, _count);
        (_ids, _counts, _used, _count) = (new ulong[ids.Length * 2], new long[ids.Length * 2], new int[used.Length * 2], 0);
        foreach (var slot in used.AsSpan(0, count))
            Add(ids[slot], counts[slot]);
    }
}
