using DuckDB.NET.Data;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Reading;

/// <summary>A query at work within its limits: rows come as they are made, and whatever takes too long is stopped.</summary>
internal sealed class CheckedQuery : IDisposable
{
    private static readonly TimeSpan Repetition = TimeSpan.FromMilliseconds(100);
    private readonly DuckDBCommand _command;
    private readonly TimeSpan _time;
    private readonly long _mostRows;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenSource _stop;
    private readonly Timer _timer;
    private bool _ended;
    private long _rows;

    /// <param name="rows">The most rows, where the limits do not say.</param>
    /// <exception cref="EmException">The query is none that may be asked.</exception>
    /// <exception cref="DuckDBException">DuckDB refuses it.</exception>
    public CheckedQuery(DuckDBConnection connection, string query, QueryLimits limits, long rows, CancellationToken cancellation)
    {
        QueryCheck.Run(connection, query);
        (_time, _mostRows, _cancellation) = (limits.Time, limits.Rows ?? rows, cancellation);
        _command = connection.CreateCommand();
        _command.CommandText = query;
        _command.UseStreamingMode = true;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _stop.CancelAfter(limits.Time);

        // An interruption that comes between two steps of DuckDB is lost, so it is repeated until the query has ended.
        _timer = new Timer(_ => Interrupt(), null, Timeout.InfiniteTimeSpan, Repetition);
        _stop.Token.Register(() => _timer.Change(TimeSpan.Zero, Repetition));
        try
        {
            Reader = Stoppable(_command.ExecuteReader);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public DuckDBDataReader Reader { get; }

    /// <summary>Goes on to the next row; false when there is none.</summary>
    /// <exception cref="EmException">Too many rows, or too much time.</exception>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public bool Read()
    {
        if (!Stoppable(Reader.Read))
            return false;
        if (++_rows > _mostRows)
            throw new EmException(Fault.Configuration, $"query: got more than {_mostRows} rows, expected at most as many. Add a condition or LIMIT.");
        return true;
    }

    public void Dispose()
    {
        lock (_command)
            _ended = true;
        _timer.Dispose();
        _stop.Dispose();
        Reader?.Dispose();
        _command.Dispose();
    }

    private T Stoppable<T>(Func<T> step)
    {
        try
        {
            var result = step();
            if (!_stop.IsCancellationRequested)
                return result;
        }
        catch (Exception error) when (error is DuckDBException or OperationCanceledException && _stop.IsCancellationRequested)
        {
            // Said below.
        }

        _cancellation.ThrowIfCancellationRequested();
        throw new EmException(Fault.Configuration, $"query: got no end within {_time.TotalSeconds:0.###} s, expected one. Make it simpler or add a condition.");
    }

    private void Interrupt()
    {
        lock (_command)
        {
            if (!_ended)
                _command.Cancel();
        }
    }
}
