namespace EmPipeline.Storage;

/// <summary>Rules that keys of every store keep to.</summary>
internal static class StoreKey
{
    /// <summary>
    /// Refuses a key that would leave its store: keys come from files too (a path in JSON metadata), and those are not trusted.
    /// </summary>
    public static void Check(string root, string key)
    {
        if (key.Length == 0)
            return;
        var outside = key[0] == '/' || key.Contains('\0', StringComparison.Ordinal) || (OperatingSystem.IsWindows() && key.AsSpan().ContainsAny('\\', ':'));
        foreach (var part in key.AsSpan().Split('/'))
            outside |= key.AsSpan(part) is "." or "..";
        if (outside)
        {
            throw new StorageException(
                root, $"got key '{key}', expected names separated by '/', none of them '.' or '..'. Correct the path that names it.", fault: StorageFault.Address);
        }
    }

    /// <summary>The key of <paramref name="key"/> under <paramref name="prefix"/>, either of which may be empty.</summary>
    public static string Join(string prefix, string key) => prefix.Length == 0 ? key : key.Length == 0 ? prefix : $"{prefix}/{key}";
}
