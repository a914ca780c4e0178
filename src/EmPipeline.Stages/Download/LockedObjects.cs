using System.Buffers;
using System.Collections;
using System.Text;

namespace EmPipeline.Stages.Download;

/// <summary>
/// Objects by key, packed, so that a million of them take some 100 MB. One added under a key that is there takes its place. Enumerates by key (ordinal, of
/// the UTF-8 bytes). Safe for concurrent reading.
/// </summary>
public sealed class LockedObjects : ICollection<LockedObject>
{
    private const int ChunkBytes = 1 << 20, MostPrefixes = 1 << 10, HashBytes = 32;
    private readonly List<byte[]> _chunks = [];
    private readonly List<string> _prefixes = [];
    private readonly Dictionary<string, int> _prefixNumbers = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _record = new();

    // Where each record begins: the chunk's number times its size and the place in it.
    private readonly List<long> _places = [];

    // Open addressing, at most half full: the number of a place from 1 on, 0 for nobody.
    private int[] _slots = new int[16];
    private long[]? _byKey;
    private int _filled = ChunkBytes;

    public int Count => _places.Count;

    public bool IsReadOnly => false;

    /// <summary>The first key that was added twice; null when none was.</summary>
    internal string? Twice { get; private set; }

    /// <summary>Whether all that were added had key, address and SHA-256; one that has not is left out.</summary>
    internal bool AreWhole { get; private set; } = true;

    public void Add(LockedObject item)
    {
        // What people edit may hold anything.
        if (item is not { Key: not null, Url: not null, Sha256: not null })
        {
            AreWhole = false;
            return;
        }

        var key = Pack(item);
        if (2 * (_places.Count + 1) > _slots.Length)
            Grow();
        ref var slot = ref Slot(key);
        _byKey = null;
        if (slot > 0)
        {
            Twice ??= item.Key;
            _places[slot - 1] = Keep();
            return;
        }

        _places.Add(Keep());
        slot = _places.Count;
    }

    /// <summary>The object of this key; null when there is none.</summary>
    public LockedObject? Find(string key) => Slot(Encoding.UTF8.GetBytes(key)) is > 0 and var slot ? Unpack(_places[slot - 1]) : null;

    public bool Contains(LockedObject item) => Find(item.Key) == item;

    public IEnumerator<LockedObject> GetEnumerator() => (_byKey ??= ByKey()).Select(Unpack).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void CopyTo(LockedObject[] array, int arrayIndex)
    {
        foreach (var item in this)
            array[arrayIndex++] = item;
    }

    public bool Remove(LockedObject item) => throw new NotSupportedException();

    public void Clear() => throw new NotSupportedException();

    private long[] ByKey()
    {
        var places = _places.ToArray();
        Comparison<long> byKey = (left, right) => KeyAt(left).SequenceCompareTo(KeyAt(right));
        // Mostly they come in order.
        for (var i = 1; i < places.Length; i++)
        {
            if (byKey(places[i - 1], places[i]) > 0)
            {
                Array.Sort(places, byKey);
                break;
            }
        }

        return places;
    }

    private ref int Slot(ReadOnlySpan<byte> key)
    {
        var hash = 2166136261u;
        foreach (var one in key)
            hash = (hash ^ one) * 16777619;
        for (var at = (hash ^ (hash >> 15)) & (uint)(_slots.Length - 1); ; at = (at + 1) & (uint)(_slots.Length - 1))
        {
            if (_slots[at] == 0 || KeyAt(_places[_slots[at] - 1]).SequenceEqual(key))
                return ref _slots[at];
        }
    }

    private void Grow()
    {
        _slots = new int[2 * _slots.Length];
        for (var i = 0; i < _places.Count; i++)
            Slot(KeyAt(_places[i])) = i + 1;
    }

    // Key; the number of the address's part before it and 0 or, where it ends otherwise, 0 and the address; length; ETag; SHA-256; published checksum.
    private ReadOnlySpan<byte> Pack(LockedObject item)
    {
        _record.ResetWrittenCount();
        var key = Write(item.Key);
        if (item.Url.EndsWith(item.Key, StringComparison.Ordinal) && Prefix(item.Url[..^item.Key.Length]) is > 0 and var prefix)
        {
            Write((ulong)prefix);
        }
        else
        {
            Write(0);
            Write(item.Url);
        }

        Write((ulong)item.Length);
        Write(item.ETag);
        Span<byte> hash = stackalloc byte[HashBytes];
        if (item.Sha256.Length == 2 * HashBytes && item.Sha256.All(char.IsAsciiHexDigitLower) && Convert.FromHexString(item.Sha256, hash, out _, out _) == OperationStatus.Done)
        {
            Write(0);
            _record.Write(hash);
        }
        else
        {
            Write(item.Sha256);
        }

        Write(item.Published);
        return _record.WrittenSpan.Slice(key.Start, key.Length);
    }

    private long Keep()
    {
        var length = _record.WrittenCount;
        if (_filled + length > ChunkBytes)
        {
            _chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(ChunkBytes, length)));
            _filled = 0;
        }

        _record.WrittenSpan.CopyTo(_chunks[^1].AsSpan(_filled));
        var place = ((_chunks.Count - 1L) * ChunkBytes) + _filled;
        _filled += length;
        return place;
    }

    private LockedObject Unpack(long place)
    {
        var record = At(place);
        var key = ReadText(ref record)!;
        var prefix = Read(ref record);
        var url = prefix > 0 ? _prefixes[(int)prefix - 1] + key : ReadText(ref record)!;
        var (length, etag) = ((long)Read(ref record), ReadText(ref record));
        var sha256 = ReadText(ref record);
        if (sha256 is null)
        {
            sha256 = Convert.ToHexStringLower(record[..HashBytes]);
            record = record[HashBytes..];
        }

        return new LockedObject(key, url, length, etag, sha256, ReadText(ref record));
    }

    private ReadOnlySpan<byte> At(long place) => _chunks[(int)(place / ChunkBytes)].AsSpan((int)(place % ChunkBytes));

    private ReadOnlySpan<byte> KeyAt(long place)
    {
        var record = At(place);
        var length = (int)Read(ref record) - 1;
        return record[..length];
    }

    private int Prefix(string text)
    {
        if (_prefixNumbers.TryGetValue(text, out var number))
            return number;
        if (_prefixes.Count == MostPrefixes)
            return 0;
        _prefixes.Add(text);
        return _prefixNumbers[text] = _prefixes.Count;
    }

    private (int Start, int Length) Write(string? text)
    {
        if (text is null)
        {
            Write(0);
            return default;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        Write((ulong)length + 1);
        var start = _record.WrittenCount;
        Encoding.UTF8.GetBytes(text, _record);
        return (start, length);
    }

    private void Write(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _record.Write([(byte)(value | 0x80)]);
        _record.Write([(byte)value]);
    }

    private static string? ReadText(ref ReadOnlySpan<byte> record)
    {
        var length = (int)Read(ref record) - 1;
        if (length < 0)
            return null;
        var text = Encoding.UTF8.GetString(record[..length]);
        record = record[length..];
        return text;
    }

    private static ulong Read(ref ReadOnlySpan<byte> record)
    {
        var (value, shift, at) = (0ul, 0, 0);
        for (; record[at] >= 0x80; at++, shift += 7)
            value |= (ulong)(record[at] & 0x7f) << shift;
        value |= (ulong)record[at] << shift;
        record = record[(at + 1)..];
        return value;
    }
}
