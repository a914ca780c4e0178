using System.Security.Cryptography;
using System.Text;

namespace EmPipeline.Storage;

/// <summary>Parts of objects in pages of one length, in memory and on disk. Safe for concurrent use.</summary>
internal sealed class PageCache(MemoryPages? memory, DiskPages? disk)
{
    /// <summary>Bytes of a page; an object's last may be shorter. Of raw chunks of 32³ bytes four, a row of a 128³ shard.</summary>
    public const int PageLength = 128 << 10;

    /// <summary>The pages of one version of an object.</summary>
    public ObjectPages Of(string place, StoredObject version) =>
        new(new PagedObject(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{place}\n{version.ETag}\n{version.Length}"))), version.Length), memory, disk);
}

/// <param name="Name">Hash of its place and version.</param>
/// <param name="Length">Of the whole object.</param>
internal readonly record struct PagedObject(string Name, long Length)
{
    public int LengthOf(long page) => (int)Math.Min(PageCache.PageLength, Length - (page * PageCache.PageLength));
}
