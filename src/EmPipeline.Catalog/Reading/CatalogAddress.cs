using EmPipeline.Storage;

namespace EmPipeline.Catalog.Reading;

/// <summary>Catalogues by path or address.</summary>
internal static class CatalogAddress
{
    public static async Task<CatalogReader> OpenAsync(string address, RemoteOptions options, CancellationToken cancellation)
    {
        if (RemoteStores.IsRemote(address))
        {
            try
            {
                var folder = new Uri(address.TrimEnd('/') + "/");
                return new CatalogReader(await CatalogCopy.MakeAsync(folder, options, cancellation), new Uri(folder, "..").AbsoluteUri.TrimEnd('/'));
            }
            catch (StorageException error)
            {
                throw error.ToEmException();
            }
        }

        return new CatalogReader(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsFile ? uri.LocalPath : address);
    }

    public static string Locate(string dataFolder, string path) => RemoteStores.IsRemote(dataFolder)
        ? $"{dataFolder}/{string.Join('/', path.Split('/', '\\').Select(Uri.EscapeDataString))}"
        : Path.GetFullPath(Path.Combine(dataFolder, path));
}
