using DuckDB.NET.Data;
using EmPipeline.Catalog.Reading;
using EmPipeline.Catalog.Schema;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>
/// Reads a catalogue; never writes it. Safe for concurrent use. Opens the database for each question and closes it again, so that a
/// catalogue that is replaced meanwhile is seen by the next question.
/// </summary>
/// <param name="folder">The catalogue's folder.</param>
public sealed class CatalogReader(string folder)
{
    private readonly string _database = Path.Combine(Path.GetFullPath(folder), CatalogBuilder.DatabaseName);

    /// <summary>The folder to which the paths of volumes are relative: the one that holds the catalogue's folder.</summary>
    public string DataFolder { get; } = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) ?? Path.GetFullPath(folder);

    /// <summary>
    /// The blocks that <paramref name="query"/> gives, in its order. Either a whole SQL query whose columns include dataset, level, z, y and
    /// x; or just a condition on the view <c>training_blocks</c> ("dataset = 'hemibrain' AND std > 20"); or "" for all of that view.
    /// The query runs on one thread, so that without ORDER BY too it gives the same order each time.
    /// </summary>
    /// <exception cref="EmException">There is no catalogue, the SQL is wrong, or it gives other columns.</exception>
    public Task<IReadOnlyList<BlockRef>> SelectBlocksAsync(string query, CancellationToken cancellation = default) =>
        Task.Run(() => Ask(query, connection => BlockQuery.Run(connection, query, DataFolder, cancellation)), cancellation);

    /// <summary>The number and grey-value statistics of every volume's written blocks, by dataset and level.</summary>
    public Task<IReadOnlyDictionary<(string Dataset, int Level), VolumeStatistics>> ReadStatisticsAsync(CancellationToken cancellation = default) =>
        Task.Run(() => Ask("volume_statistics", VolumeStatistics.Query), cancellation);

    /// <summary>All rows of any query, for tools and tests: column names, then values as DuckDB gives them.</summary>
    public Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> QueryAsync(string query, CancellationToken cancellation = default) =>
        Task.Run(() => Ask(query, connection => RowQuery.Run(connection, query, cancellation)), cancellation);

    private T Ask<T>(string query, Func<DuckDBConnection, T> ask)
    {
        if (!File.Exists(_database))
            throw new EmException(Fault.Configuration, $"{_database}: got no such file, expected a catalogue. Make it with ./build.sh Catalog.");
        try
        {
            using var connection = new DuckDBConnection(Sql.Connection(_database, readOnly: true));
            connection.Open();
            return ask(connection);
        }
        catch (DuckDBException error)
        {
            throw Explain(query, error);
        }
    }

    private EmException Explain(string query, DuckDBException error)
    {
        var message = error.Message.Trim();
        return message.StartsWith("IO Error", StringComparison.Ordinal) || message.Contains("not a valid DuckDB", StringComparison.Ordinal)
            ? EmException.Corrupt(_database, $"{message} Delete the file and run ./build.sh Catalog; it is made from the ledgers.", error)
            : new EmException(
                Fault.Configuration,
                $"query: {message}\nThe query was: {query}\nTables: datasets, volumes, files, metadata, conflicts, blocks. Views: training_blocks, volume_statistics, chosen_metadata.",
                error);
    }
}
