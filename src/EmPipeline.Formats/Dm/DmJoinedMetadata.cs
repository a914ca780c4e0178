using System.Collections;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Dm;

/// <summary>An image's own values, then those of its document, which all images of a file share: a file may hold very many of both.</summary>
internal sealed class DmJoinedMetadata(IReadOnlyList<MetadataValue> own, IReadOnlyList<MetadataValue> shared) : IReadOnlyList<MetadataValue>
{
    public int Count => own.Count + shared.Count;

    public MetadataValue this[int index] => index < own.Count ? own[index] : shared[index - own.Count];

    public IEnumerator<MetadataValue> GetEnumerator() => own.Concat(shared).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
