namespace EmPipeline.Storage;

/// <summary>Puts keys under a root URL. The root stays as it was written (a folder name may begin with "%20"); keys are escaped once.</summary>
internal sealed class HttpAddress
{
    private readonly string _folder;
    private readonly string _query;

    public HttpAddress(Uri root)
    {
        if (!root.IsAbsoluteUri || root.Scheme is not ("http" or "https"))
            throw new StorageException(root.ToString(), "got another scheme, expected http:// or https://.", fault: StorageFault.Address);
        Root = root;
        _query = root.Query;
        _folder = root.GetLeftPart(UriPartial.Path).TrimEnd('/');
    }

    public Uri Root { get; }

    /// <summary>The URL of a key; that of "" is the root itself, and a query of the root is every key's query.</summary>
    public Uri this[string key]
    {
        get
        {
            if (key.Length == 0)
                return Root;
            StoreKey.Check(Root.AbsoluteUri, key);
            return new Uri(Text(key));
        }
    }

    public string Text(string key) => key.Length == 0
        ? Root.AbsoluteUri
        : $"{_folder}/{Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal)}{_query}";
}
