using System.Globalization;
using DuckDB.NET.Data;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Reading;

/// <summary>The row at which a reader stands, by the names of its columns.</summary>
internal readonly struct TableRow(DuckDBDataReader reader)
{
    /// <summary>Whether the table has the column: one of an earlier version may not.</summary>
    public bool Has(string column)
    {
        for (var i = 0; i < reader.FieldCount; i++)
        {
            if (reader.GetName(i) == column)
                return true;
        }

        return false;
    }

    public string Text(string column) => reader.GetString(reader.GetOrdinal(column));

    public string? OptionalText(string column) => reader.IsDBNull(reader.GetOrdinal(column)) ? null : Text(column);

    public long Number(string column) => Convert.ToInt64(reader.GetValue(reader.GetOrdinal(column)), CultureInfo.InvariantCulture);

    public double? Double(string column) => reader.IsDBNull(reader.GetOrdinal(column)) ? null : reader.GetDouble(reader.GetOrdinal(column));

    public bool Flag(string column) => reader.GetBoolean(reader.GetOrdinal(column));

    public NdIndex Zyx(string prefix) => new(Number(prefix + "_z"), Number(prefix + "_y"), Number(prefix + "_x"));

    public VoxelSize VoxelSize() => new(Double("voxel_size_z_nm"), Double("voxel_size_y_nm"), Double("voxel_size_x_nm"));

    public (double Z, double Y, double X) Centre() => (Double("centre_z_nm")!.Value, Double("centre_y_nm")!.Value, Double("centre_x_nm")!.Value);

    /// <exception cref="EmException">No type of that name.</exception>
    public VoxelType Type() =>
        VoxelTypes.Parse(Text("dtype")) ?? throw EmException.Corrupt(Text("path"), $"got dtype {Text("dtype")}, expected a voxel type. The catalogue is of a later version, or damaged: make it anew.");
}
