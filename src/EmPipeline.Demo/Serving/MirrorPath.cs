namespace EmPipeline.Demo.Serving;

/// <summary>Request paths as files below a folder.</summary>
internal static class MirrorPath
{
    /// <summary>
    /// The full path of <paramref name="relative"/> (decoded, separated by '/') below <paramref name="root"/>; null when it would leave it.
    /// Spaces at the ends of names are kept.
    /// </summary>
    public static string? Resolve(string root, string relative)
    {
        if (relative.Contains('\0', StringComparison.Ordinal) || relative.Contains('\\', StringComparison.Ordinal))
            return null;
        foreach (var name in relative.Split('/'))
        {
            if (name is "." or "..")
                return null;
        }

        return Path.Join(root, relative.TrimStart('/'));
    }
}
