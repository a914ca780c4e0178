using DuckDB.NET.Data;
using EmPipeline.Catalog.Schema;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Reading;

/// <summary>Gathers the chunks of one class into columns.</summary>
internal static class LabelChunkQuery
{
    private const long MostChunks = 1_000_000_000;

    public static LabelChunks Run(DuckDBConnection connection, string name, string condition, QueryLimits limits, CancellationToken cancellation)
    {
        var volumes = LabelQuery.Volumes(connection).Where(volume => volume.Level == 0).ToList();
        var rows = new Columns(name);
        foreach (var volume in volumes)
        {
            using var run = new CheckedQuery(connection, Query(volume, name, QueryText.Trim(condition)), limits, MostChunks - rows.Count, cancellation);
            rows.Begin(volume);
            var reader = run.Reader;
            while (run.Read())
                rows.Add(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
            rows.End();
        }

        return rows.ToChunks();
    }

    /// <summary>A label at a time: no name is compared row by row, and what lies in other row groups is passed over.</summary>
    private static string Query(LabelVolumeRecord volume, string name, string condition) =>
        $"SELECT z, y, x, voxels FROM {LabelTables.Chunks.Name} WHERE dataset = {Sql.Quote(volume.Dataset)} AND origin = {Sql.Quote(volume.Origin)} "
        + $"AND label = {Sql.Quote(volume.Label)} AND class = {Sql.Quote(name)}{(condition.Length > 0 ? $" AND ({condition})" : "")}";

    private sealed class Columns(string name)
    {
        private readonly List<long> _positions = [];
        private readonly List<long> _ends = [];
        private readonly List<LabelChunkRange> _ranges = [];
        private LabelVolumeRecord? _volume;
        private NdIndex _grid;
        private int _first;
        private long _voxels;

        public int Count => _positions.Count;

        public void Begin(LabelVolumeRecord volume) => (_volume, _grid, _first) = (volume, NdIndex.CeilingDivide(volume.Shape, volume.Chunk), Count);

        public void Add(long z, long y, long x, long voxels)
        {
            var chunk = _volume!.Chunk;
            _positions.Add((((z / chunk[0]) * _grid[1]) + (y / chunk[1])) * _grid[2] + (x / chunk[2]));
            _ends.Add(_voxels += voxels);
        }

        public void End()
        {
            if (Count > _first)
                _ranges.Add(new LabelChunkRange(_volume!, _first, Count, _first == 0 ? 0 : _ends[_first - 1], _voxels));
        }

        public LabelChunks ToChunks() => new(name, _ranges, [.. _positions], [.. _ends]);
    }
}
