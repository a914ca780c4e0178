using System.Collections.Concurrent;

namespace EmPipeline.Formats.Hdf5;

/// <summary>
/// One HDF5 file, open as often as it is read at the same time: PureHDF moves one cursor a file, so each reader takes an opened file of
/// its own and puts it back. Closed with the last of the volumes that share it. Safe for concurrent use.
/// </summary>
internal sealed class Hdf5File(VolumePath path, long length) : IAsyncDisposable
{
    private readonly ConcurrentBag<Hdf5Session> _idle = [];
    private int _volumes;

    public VolumePath Path { get; } = path;

    public long Length { get; } = length;

    /// <summary>Says how many volumes share this file; each disposes it once.</summary>
    public void SharedBy(int volumes) => _volumes = volumes;

    /// <summary>Runs <paramref name="use"/> on an opened file that nobody else uses, and turns what goes wrong into errors of this program.</summary>
    /// <param name="place">The dataset, for messages.</param>
    public T Use<T>(string place, Func<Hdf5Session, T> use)
    {
        try
        {
            if (!_idle.TryTake(out var session))
                session = new Hdf5Session(Path, Length);
            // A session that failed may have stopped in the middle of anything, so it is not used again.
            var result = use(session);
            _idle.Add(session);
            return result;
        }
        catch (Exception e) when (Hdf5Errors.Translate(Place(place), e) is { } error)
        {
            throw error;
        }
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Decrement(ref _volumes) <= 0)
        {
            while (_idle.TryTake(out var session))
                session.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private string Place(string dataset) => dataset.Length == 0 ? Path.ToString() : $"{Path} {dataset}";
}
