using System.Globalization;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>What a Download would fetch. Lengths that nobody has told are asked for, of some objects where there are many, and taken for those of all.</summary>
public sealed class DownloadTally
{
    private const int MostAsked = 64, AsksAtATime = 8;
    private static readonly int PieceSize = new DownloaderOptions().PieceSize;

    public long Objects { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Of objects: what it takes to list them, or to find the parts of a crop, comes to it.</summary>
    public long Requests { get; private set; }

    /// <summary>Whether some of it follows from a sample, or from sizes that only the source's indexes say exactly.</summary>
    public bool IsEstimate { get; private set; }

    public override string ToString() => Objects == 0
        ? "nothing to fetch"
        : string.Create(CultureInfo.InvariantCulture, $"{(IsEstimate ? "about " : "")}{Counted.Of(Objects, "object")}, {Bytes / 1e6:n1} MB, {Counted.Of(Requests, "request")}");

    public void Add(DownloadTally other) =>
        (Objects, Bytes, Requests, IsEstimate) = (Objects + other.Objects, Bytes + other.Bytes, Requests + other.Requests, IsEstimate || other.IsEstimate);

    /// <summary>Whole objects.</summary>
    /// <exception cref="EmException">One that has to be there is not.</exception>
    internal async Task AddAsync(IReadOnlyList<DownloadItem> items, CancellationToken cancellation)
    {
        var unknown = items.Where(item => item.Expected?.Length is null).ToList();
        foreach (var item in items.Where(item => item.Expected?.Length is not null))
            Add(item.Expected!.Length!.Value);
        var asked = Enumerable.Range(0, Math.Min(MostAsked, unknown.Count)).Select(i => unknown[(int)((long)i * unknown.Count / Math.Min(MostAsked, unknown.Count))]).ToList();
        var lengths = new long?[asked.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AsksAtATime, CancellationToken = cancellation };
        await Parallel.ForAsync(0, asked.Count, options, async (i, token) => lengths[i] = (await asked[i].Store.FindAsync(asked[i].Key, token))?.Length);
        if (asked.Where((item, i) => !item.Optional && lengths[i] is null).FirstOrDefault() is { } absent)
            throw EmException.Unavailable(absent.Store.Locate(absent.Key), "got no such object (404), expected one to download. Check the address.");
        for (var i = 0; i < unknown.Count; i++)
        {
            // Each of those not asked is taken for the one that was asked before it.
            if (lengths[(int)((long)i * asked.Count / unknown.Count)] is { } length)
                Add(length);
        }

        IsEstimate |= asked.Count < unknown.Count;
    }

    /// <summary>Parts of objects, whose sizes are guessed.</summary>
    internal void AddParts(long objects, long bytes) =>
        (Objects, Bytes, Requests, IsEstimate) = (Objects + objects, Bytes + bytes, Requests + objects, IsEstimate || objects > 0);

    private void Add(long length) => (Objects, Bytes, Requests) = (Objects + 1, Bytes + length, Requests + Math.Max(1, (length + PieceSize - 1) / PieceSize));
}
