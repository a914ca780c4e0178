using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DuckDB.NET.Data;
using EmPipeline.Catalog.Build;
using EmPipeline.Catalog.Reading;
using EmPipeline.Catalog.Schema;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>
/// Reads a catalogue; never writes it. SQL from outside is one SELECT that sees the catalogue's tables and nothing else of the machine,
/// within limits of time, rows and memory. Safe for concurrent use. Opens the database for each question and closes it again, so that a
/// catalogue that is replaced meanwhile is seen by the next question; see <see cref="KeepOpen"/>.
/// </summary>
public sealed class CatalogReader
{
    private readonly string _database;

    /// <param name="folder">The catalogue's folder, of this machine.</param>
    public CatalogReader(string folder)
        : this(folder, Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) ?? Path.GetFullPath(folder))
    {
    }

    /// <param name="dataFolder">What the paths of volumes are relative to.</param>
    internal CatalogReader(string folder, string dataFolder) => (_database, DataFolder) = (DatabasePath.Of(Path.GetFullPath(folder), CatalogBuilder.DatabaseName), dataFolder);

    /// <summary>The folder, or address, to which the paths of volumes are relative: the one that holds the catalogue's folder.</summary>
    public string DataFolder { get; }

    /// <summary>Opens a catalogue of this machine or of a network: of the latter a copy, brought up to date now with one request, or a transfer where it has changed.</summary>
    /// <param name="address">The catalogue's folder: a path, or a file:, http(s)://, s3://bucket/ or gs://bucket/ address.</param>
    /// <exception cref="EmException">There is no catalogue, or it cannot be fetched.</exception>
    public static Task<CatalogReader> OpenAsync(string address, RemoteOptions? options = null, CancellationToken cancellation = default) =>
        CatalogAddress.OpenAsync(address, options ?? new RemoteOptions(), cancellation);

    /// <summary>Where something lies that the catalogue names: a full path, or an address.</summary>
    /// <param name="path">A path of the catalogue's tables, relative to <see cref="DataFolder"/>.</param>
    public string Locate(string path) => CatalogAddress.Locate(DataFolder, path);

    /// <summary>
    /// Keeps the database open until what is returned is disposed: questions to this reader meanwhile are answered by one and the same catalogue, and sooner, since
    /// opening it takes most of the time of a short one.
    /// </summary>
    /// <exception cref="EmException">There is no catalogue, or it is damaged.</exception>
    public IDisposable KeepOpen()
    {
        try
        {
            return Open();
        }
        catch (DuckDBException error)
        {
            throw Explain("", error);
        }
    }

    /// <summary>
    /// The blocks that <paramref name="query"/> gives, in its order. Either a whole SQL query whose columns include dataset, level, z, y and
    /// x; or just a condition on the view <c>labelled_blocks</c>, which has the columns of <c>training_blocks</c>, of labels and of splits
    /// ("split_v1 = 'train' AND mitochondria_share > 0.01"); or "" for all of that view.
    /// The query runs on one thread, so that without ORDER BY too it gives the same order each time.
    /// </summary>
    /// <exception cref="EmException">There is no catalogue, the SQL is wrong or reaches beyond it, it gives other columns, or goes beyond <paramref name="limits"/>.</exception>
    public Task<IReadOnlyList<BlockRef>> SelectBlocksAsync(string query, QueryLimits? limits = null, CancellationToken cancellation = default) =>
        Task.Run(() => Ask(query, connection => BlockQuery.Run(connection, query, DataFolder, limits ?? new(), cancellation)), cancellation);

    /// <summary>The number and grey-value statistics of every volume's written blocks, by dataset and level; volumes without a finite voxel have none.</summary>
    public Task<IReadOnlyDictionary<(string Dataset, int Level), VolumeStatistics>> ReadStatisticsAsync(CancellationToken cancellation = default) =>
        Task.Run(() => Ask("volume_statistics", VolumeStatistics.Query), cancellation);

    /// <summary>The hash of what the catalogue says, the same wherever and whenever it was built from the same content; null of a catalogue that was built before there was one.</summary>
    public Task<string?> ReadContentHashAsync(CancellationToken cancellation = default) => Task.Run(() => Ask("content_hash", ContentHash.Read), cancellation);

    /// <summary>For every dataset, in the order of their names, how many blocks there are to train on and what is left out.</summary>
    public Task<IReadOnlyList<TrainingSummary>> ReadTrainingSummaryAsync(CancellationToken cancellation = default) =>
        Task.Run(() => Ask("training_summary", SummaryQuery.Run), cancellation);

    /// <summary>The arrays of all images, by dataset and level. Paths are relative to <see cref="DataFolder"/>.</summary>
    public Task<IReadOnlyList<VolumeRecord>> ReadVolumesAsync(CancellationToken cancellation = default) =>
        Task.Run(() => Ask("volumes", VolumeQuery.Images), cancellation);

    /// <summary>Which shards of an image's array have a file; null where the catalogue does not know.</summary>
    /// <param name="volume">As <see cref="ReadVolumesAsync"/> gave it.</param>
    public Task<StoredShards?> ReadStoredShardsAsync(VolumeRecord volume, CancellationToken cancellation = default) =>
        Task.Run(() => Ask(Tables.Blocks.Name, connection => ShardQuery.Image(connection, volume)), cancellation);

    /// <summary>Which shards of a label's array have a file; null where the catalogue does not know.</summary>
    /// <param name="label">As <see cref="ReadLabelVolumesAsync"/> gave it.</param>
    public Task<StoredShards?> ReadStoredShardsAsync(LabelVolumeRecord label, CancellationToken cancellation = default) =>
        Task.Run(() => Ask(LabelTables.Shards.Name, connection => ShardQuery.Label(connection, label)), cancellation);

    /// <summary>The arrays of all labels, by dataset, origin, label and level; none in a catalogue without labels. Paths are relative to <see cref="DataFolder"/>.</summary>
    public Task<IReadOnlyList<LabelVolumeRecord>> ReadLabelVolumesAsync(CancellationToken cancellation = default) =>
        Task.Run(() => Ask("label_volumes", LabelQuery.Volumes), cancellation);

    /// <summary>What the values of all labels mean, by dataset, origin and label.</summary>
    public Task<IReadOnlyList<LabelClassRecord>> ReadLabelClassesAsync(CancellationToken cancellation = default) =>
        Task.Run(() => Ask("label_classes", LabelQuery.Classes), cancellation);

    /// <summary>
    /// The chunks that hold a class, in columns: 16 bytes a chunk, so that 10⁷ can be drawn from. In the order of <c>label_chunks</c>.
    /// </summary>
    /// <param name="class">The class; a class that is nowhere gives no chunks.</param>
    /// <param name="condition">SQL on <c>label_chunks</c> that chunks have to meet besides ("origin = 'groundtruth' AND dataset IN ('a', 'b')"); "" for none.</param>
    /// <exception cref="EmException">As for <see cref="SelectBlocksAsync"/>.</exception>
    public Task<LabelChunks> ReadLabelChunksAsync(string @class, string condition = "", QueryLimits? limits = null, CancellationToken cancellation = default) =>
        Task.Run(() => Ask(condition, connection => LabelChunkQuery.Run(connection, @class, condition, limits ?? new(), cancellation)), cancellation);

    /// <summary>All rows of one SELECT over the catalogue's tables and views: column names, then values as DuckDB gives them.</summary>
    /// <exception cref="EmException">As for <see cref="SelectBlocksAsync"/>.</exception>
    public Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> QueryAsync(string query, QueryLimits? limits = null, CancellationToken cancellation = default) =>
        Task.Run(() => Ask(query, connection => RowQuery.Run(connection, query, limits ?? new(), cancellation)), cancellation);

    /// <summary>
    /// The rows of a query, or of a condition as for <see cref="SelectBlocksAsync"/>, a batch at a time while the query runs: however many rows there
    /// are, a few batches are in memory. The query ends when the enumeration does.
    /// </summary>
    /// <exception cref="EmException">As for <see cref="SelectBlocksAsync"/>; rows that came before stay good.</exception>
    public async IAsyncEnumerable<QueryBatch> StreamAsync(string query, QueryLimits? limits = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var batches = Channel.CreateBounded<QueryBatch>(2);
        var running = Task.Run(
            () =>
            {
                try
                {
                    batches.Writer.Complete(Ask<Exception?>(query, connection =>
                    {
                        RowStream.Write(connection, query, limits ?? new(), batches.Writer, stop.Token);
                        return null;
                    }));
                }
                catch (Exception error)
                {
                    batches.Writer.Complete(error);
                }
            },
            CancellationToken.None);
        try
        {
            await foreach (var batch in batches.Reader.ReadAllAsync(cancellation))
                yield return batch;
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    /// <summary>The columns of all tables and views that a query may ask, with their comments.</summary>
    public Task<IReadOnlyList<CatalogColumn>> ReadColumnsAsync(CancellationToken cancellation = default) =>
        Task.Run(() => Ask("columns", ColumnQuery.Run), cancellation);

    private T Ask<T>(string query, Func<DuckDBConnection, T> ask)
    {
        try
        {
            using var connection = Open();
            return ask(connection);
        }
        catch (DuckDBException error)
        {
            throw Explain(query, error);
        }
    }

    private DuckDBConnection Open() => File.Exists(_database)
        ? CatalogDatabase.Open(_database)
        : throw new EmException(Fault.Configuration, $"{Path.GetFullPath(_database)}: got no such file, expected a catalogue. Make it with ./build.sh Catalog.");

    private EmException Explain(string query, DuckDBException error)
    {
        var message = error.Message.Trim();
        return message.StartsWith("IO Error", StringComparison.Ordinal) || message.Contains("not a valid DuckDB", StringComparison.Ordinal)
            ? EmException.Corrupt(Path.GetFullPath(_database), $"{message} Delete the file and run ./build.sh Catalog; it is made from the ledgers.", error)
            : new EmException(
                Fault.Configuration,
                $"query: {message}\nThe query was: {query}\n{QueryCheck.Known}",
                error);
    }
}
