using System.Text;

namespace EmPipeline.Demo.Serving;

/// <summary>The pages of ListObjectsV2.</summary>
/// <param name="Keys">In ordinal order.</param>
/// <param name="CommonPrefixes">What keys roll up to at the delimiter, each once.</param>
/// <param name="Last">The last key or common prefix of a page that others follow; null on the last page.</param>
internal sealed record S3Listing(IReadOnlyList<string> Keys, IReadOnlyList<string> CommonPrefixes, string? Last)
{
    /// <summary>The keys of a bucket: its files, ordinal order.</summary>
    public static string[] KeysOf(string folder)
    {
        string[] keys = [.. Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))];
        Array.Sort(keys, StringComparer.Ordinal);
        return keys;
    }

    /// <summary>One page; keys and common prefixes count alike towards <paramref name="limit"/>.</summary>
    /// <param name="after">A key or common prefix; the page begins behind it and behind all that rolls up to it.</param>
    public static S3Listing Page(IEnumerable<string> keys, string prefix, string delimiter, string after, int limit)
    {
        var (found, prefixes) = (new List<string>(), new List<string>());
        string? last = null;
        var rolled = delimiter.Length > 0 && after.EndsWith(delimiter, StringComparison.Ordinal) ? after : null;
        foreach (var key in keys)
        {
            if (!key.StartsWith(prefix, StringComparison.Ordinal) || string.CompareOrdinal(key, after) <= 0)
                continue;
            if (rolled is not null && key.StartsWith(rolled, StringComparison.Ordinal))
                continue;
            if (found.Count + prefixes.Count == limit)
                return new S3Listing(found, prefixes, last ?? after);
            var end = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            if (end < 0)
                found.Add(last = key);
            else
                prefixes.Add(last = rolled = key[..(end + delimiter.Length)]);
        }

        return new S3Listing(found, prefixes, null);
    }

    /// <summary>The continuation token that resumes behind a key or common prefix.</summary>
    public static string Encode(string last) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(last));

    /// <summary>What <see cref="Encode"/> was given; "" for no token, null for one that it did not make.</summary>
    public static string? Decode(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromHexString(token));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
