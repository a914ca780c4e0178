using DuckDB.NET.Data;

namespace EmPipeline.Catalog;

/// <summary>Grey values of one volume over all voxels of its written blocks.</summary>
public readonly record struct VolumeStatistics(long Blocks, long Voxels, double Min, double Max, double Mean, double StandardDeviation)
{
    internal static IReadOnlyDictionary<(string Dataset, int Level), VolumeStatistics> Query(DuckDBConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT dataset, level, blocks, voxels, min, max, mean, std FROM volume_statistics";
        using var reader = command.ExecuteReader();
        var statistics = new Dictionary<(string, int), VolumeStatistics>();
        while (reader.Read())
        {
            statistics.Add(
                (reader.GetString(0), reader.GetInt32(1)),
                new VolumeStatistics(
                    reader.GetInt64(2), reader.GetInt64(3), reader.GetDouble(4), reader.GetDouble(5), reader.GetDouble(6), reader.GetDouble(7)));
        }

        return statistics;
    }
}
