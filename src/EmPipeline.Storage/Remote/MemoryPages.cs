namespace EmPipeline.Storage;

/// <summary>Pages in memory, the least recently used the first to go. Their memory is used again, so a full cache makes no garbage. Safe for concurrent use.</summary>
/// <param name="limit">Bytes.</param>
internal sealed class MemoryPages(long limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, long Page), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();

    /// <returns>Whether the page is there; then the part is filled.</returns>
    public bool Read(string name, long page, int offset, Span<byte> part)
    {
        // Copied while nobody can take the page's memory for another: 10 µs a page, of which a network brings some thousands a second.
        lock (_lock)
        {
            if (!_entries.TryGetValue((name, page), out var node))
                return false;
            _byUse.Remove(node);
            _byUse.AddLast(node);
            node.Value.Bytes.AsSpan(offset, part.Length).CopyTo(part);
            return true;
        }
    }

    public void Keep(string name, long page, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_entries.ContainsKey((name, page)))
                return;
            byte[] memory;
            if ((_entries.Count + 1L) * PageCache.PageLength > limit && _byUse.First is { } oldest)
            {
                _byUse.RemoveFirst();
                _entries.Remove(oldest.Value.Key);
                memory = oldest.Value.Bytes;
            }
            else
            {
                memory = GC.AllocateUninitializedArray<byte>(PageCache.PageLength);
            }

            bytes.CopyTo(memory);
            _entries.Add((name, page), _byUse.AddLast(new Entry((name, page), memory)));
        }
    }

    private readonly record struct Entry((string Name, long Page) Key, byte[] Bytes);
}
