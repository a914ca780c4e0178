using DuckDB.NET.Data;

namespace EmPipeline.Catalog.Reading;

/// <summary>Opens a catalogue so that SQL from outside can do no more than read it.</summary>
internal static class CatalogDatabase
{
    /// <summary>
    /// For reading, and without the rest of the machine: no other file is read, written or attached, no extension loaded, and no setting
    /// changed back. One thread, so that a query without ORDER BY gives the same order each time too. All connections to one file share one
    /// database in this process, so they are all opened alike.
    /// </summary>
    public static DuckDBConnection Open(string path)
    {
        var settings = new DuckDBConnectionStringBuilder { DataSource = path };
        settings["access_mode"] = "READ_ONLY";
        settings["threads"] = "1";
        settings["memory_limit"] = "1GiB";
        settings["temp_directory"] = "";
        settings["autoinstall_known_extensions"] = "false";
        settings["autoload_known_extensions"] = "false";
        settings["enable_external_access"] = "false";
        settings["lock_configuration"] = "true";
        var connection = new DuckDBConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
