namespace EmPipeline.Stages.Ledgers;

/// <summary>Files that are gone or have another length than when their stage ended.</summary>
/// <param name="Count">How many.</param>
/// <param name="First">The full paths of the first few, in ordinal order.</param>
public sealed record MissingFiles(long Count, IReadOnlyList<string> First)
{
    private const int Named = 3;

    public static MissingFiles None { get; } = new(0, []);

    /// <summary>Collects them in any order, in bounded memory. Safe for concurrent use.</summary>
    internal sealed class Finder
    {
        private readonly Lock _lock = new();
        private readonly SortedSet<string> _first = new(StringComparer.Ordinal);
        private long _count;

        public MissingFiles Result => new(_count, [.. _first]);

        public void Add(string path)
        {
            lock (_lock)
            {
                _count++;
                _first.Add(path);
                if (_first.Count > Named)
                    _first.Remove(_first.Max!);
            }
        }
    }
}
