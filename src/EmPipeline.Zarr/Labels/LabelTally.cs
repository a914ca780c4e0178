using EmPipeline.Volumes.Labels;

namespace EmPipeline.Zarr.Labels;

/// <summary>What is counted of one chunk or block: annotated voxels, and of each class its voxels and objects. Not for concurrent use.</summary>
internal sealed class LabelTally(LabelScheme scheme)
{
    private readonly HashSet<ulong>? _objects = scheme.Kind == LabelKind.Instances ? [] : null;

    /// <summary>Voxels that somebody looked at.</summary>
    public long Known { get; private set; }

    /// <summary>Voxels of each class.</summary>
    public long[] Voxels { get; } = new long[scheme.ClassNames.Count];

    /// <summary>Different values that are objects; null where objects are not told apart.</summary>
    public long? Objects => _objects?.Count;

    /// <param name="meanings">As of <see cref="LabelScheme.MeaningsIn"/>.</param>
    public void Add(IdCounts counts, IReadOnlyDictionary<ulong, int> meanings)
    {
        for (var i = 0; i < counts.Count; i++)
        {
            var (id, count) = counts[i];
            var isNamed = meanings.TryGetValue(id, out var meaning);
            if (isNamed && meaning < 0)
                continue;
            Known += count;
            if (_objects is null)
            {
                if (isNamed)
                    Voxels[meaning] += count;
            }
            else if (id != 0)
            {
                Voxels[0] += count;
                _objects.Add(id);
            }
        }
    }
}
