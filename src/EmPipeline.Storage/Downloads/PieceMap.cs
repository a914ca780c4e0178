using System.Collections;
using System.Text.Json;

namespace EmPipeline.Storage;

/// <summary>
/// Which pieces of a partial file hold the bytes of which version of an object. Safe for concurrent use. Written beside the partial file
/// as JSON; what cannot be read, or is not about this object, counts as no map at all: the download starts over.
/// </summary>
internal sealed class PieceMap
{
    private readonly BitArray _done;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _firstDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _contiguous;

    public PieceMap(string place, long length, string? etag, DateTimeOffset? modified, int pieceSize)
    {
        (Place, Length, ETag, Modified, PieceSize) = (place, length, etag, modified, pieceSize);
        Count = checked((int)((length + pieceSize - 1) / pieceSize));
        _done = new BitArray(Count);
        if (etag is not null)
            _names.Add(etag);
    }

    public string Place { get; }

    public long Length { get; }

    public string? ETag { get; }

    public DateTimeOffset? Modified { get; }

    public int PieceSize { get; }

    public int Count { get; }

    public long OffsetOf(int piece) => (long)piece * PieceSize;

    public int LengthOf(int piece) => (int)Math.Min(PieceSize, Length - OffsetOf(piece));

    /// <summary>Whether the version has been given another name since the map was begun.</summary>
    public bool IsRenamed
    {
        get
        {
            lock (_done)
                return _names.Count > 1;
        }
    }

    /// <summary>Ends once a piece is there.</summary>
    public Task FirstDone => _firstDone.Task;

    /// <summary>Whether an answer is about the version that this map was begun with. A weak ETag alone does not say that all bytes are the same.</summary>
    public bool IsOf(ObjectPart part)
    {
        if ((part.Total ?? Length) != Length)
            return false;
        if (ETag is null || part.ETag is not { } etag)
            return part.ETag == ETag && part.Modified == Modified;
        lock (_done)
            return _names.Contains(etag) && (!etag.StartsWith("W/", StringComparison.Ordinal) || part.Modified == Modified);
    }

    /// <summary>Whether an answer with another ETag may still be about that version, for what else it says.</summary>
    /// <param name="hasChecksum">Whether the whole is checked in the end.</param>
    public bool MayBeOf(ObjectPart part, bool hasChecksum) =>
        (part.Total ?? Length) == Length && ETag is not null && part.ETag is not null && (hasChecksum || (Modified is not null && part.Modified == Modified));

    /// <summary>Takes note of another name of the same version.</summary>
    public void Rename(string etag)
    {
        lock (_done)
            _names.Add(etag);
    }

    /// <summary>Pieces that are there, in order.</summary>
    public int[] Done()
    {
        lock (_done)
            return [.. Enumerable.Range(0, Count).Where(piece => _done[piece])];
    }

    /// <summary>Pieces that are not there yet, in order.</summary>
    public int[] Missing()
    {
        lock (_done)
            return [.. Enumerable.Range(0, Count).Where(piece => !_done[piece])];
    }

    public long DoneBytes()
    {
        lock (_done)
            return Enumerable.Range(0, Count).Where(piece => _done[piece]).Sum(piece => (long)LengthOf(piece));
    }

    /// <returns>How many bytes from the object's start on are there without a gap.</returns>
    public long Complete(int piece)
    {
        lock (_done)
        {
            _done[piece] = true;
            _firstDone.TrySetResult();
            return Contiguous();
        }
    }

    public long Contiguous()
    {
        lock (_done)
        {
            while (_contiguous < Count && _done[_contiguous])
                _contiguous++;
            return Math.Min(Length, OffsetOf(_contiguous));
        }
    }

    public byte[] ToJson()
    {
        var bits = new byte[(Count + 7) / 8];
        string[] names;
        lock (_done)
        {
            _done.CopyTo(bits, 0);
            names = [.. _names.Where(name => name != ETag).Order(StringComparer.Ordinal)];
        }

        var state = new State(1, Place, Length, ETag, Modified, PieceSize, names, Convert.ToHexStringLower(bits));
        return JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Default.State);
    }

    /// <summary>The map at <paramref name="path"/>; null when it is not there, damaged, or of another address.</summary>
    public static PieceMap? TryLoad(string path, string place)
    {
        try
        {
            var state = JsonSerializer.Deserialize(File.ReadAllBytes(path), StateJson.Default.State);
            // Without a version that the source can be held to, bytes of two versions could be mixed.
            if (state is not { Version: 1, Length: > 0, PieceSize: > 0, Done: not null } || state.Place != place || (state.ETag ?? (object?)state.Modified) is null)
                return null;
            var bits = Convert.FromHexString(state.Done);
            if (bits.Length != (state.Length + state.PieceSize - 1) / state.PieceSize / 8 + ((state.Length + state.PieceSize - 1) / state.PieceSize % 8 > 0 ? 1 : 0))
                return null;
            var map = new PieceMap(place, state.Length, state.ETag, state.Modified, state.PieceSize);
            for (var piece = 0; piece < map.Count; piece++)
                map._done[piece] = (bits[piece / 8] >> (piece % 8) & 1) != 0;
            if (map.DoneBytes() > 0)
                map._firstDone.TrySetResult();
            map._names.UnionWith(state.Renamed ?? []);
            return map;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            return null;
        }
    }

    /// <param name="Renamed">Other ETags under which the same version was met.</param>
    internal sealed record State(int Version, string Place, long Length, string? ETag, DateTimeOffset? Modified, int PieceSize, IReadOnlyList<string>? Renamed, string Done);
}
