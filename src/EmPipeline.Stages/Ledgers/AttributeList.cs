namespace EmPipeline.Stages.Ledgers;

/// <summary>
/// All that the raw files and the registries state, in a file of its own beside the ledger. No stage but Catalog reads it, so it is no part of what
/// the stage made: voxels are not written again because a tag is read that was not before.
/// </summary>
/// <param name="Name">The list's file, beside the ledger.</param>
/// <param name="Length">Of the list, in bytes.</param>
/// <param name="Sha256">Of the list.</param>
public sealed record AttributeList(string Name, long Count, long Length, string Sha256)
{
    internal static async Task<AttributeList> WriteAsync(string path, IAsyncEnumerable<FileAttribute> attributes, CancellationToken cancellation)
    {
        var count = 0L;
        var (length, sha256) = await JsonLines.WriteAsync(path, attributes.Select(attribute => (count++, attribute).attribute), cancellation);
        return new AttributeList(Path.GetFileName(path), count, length, sha256);
    }

    /// <summary>In the order in which they were found, read anew at each enumeration.</summary>
    /// <param name="folder">The ledger's folder.</param>
    /// <exception cref="EmPipeline.Volumes.EmException">The list is gone, or is not the one that the ledger was written with.</exception>
    internal IEnumerable<FileAttribute> Read(string folder) => JsonLines.Read<FileAttribute>(Path.Combine(folder, Name), Sha256);
}
