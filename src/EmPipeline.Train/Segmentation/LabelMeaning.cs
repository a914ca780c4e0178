using System.Globalization;
using EmPipeline.Catalog;

namespace EmPipeline.Train.Segmentation;

/// <summary>What a label's values come to: of some class, background, or not looked at. Immutable.</summary>
internal sealed class LabelMeaning
{
    private readonly Dictionary<long, (bool IsOf, bool IsKnown)> _values = new() { [0] = (false, true) };
    private readonly (bool IsOf, bool IsKnown) _others;

    /// <param name="classes">The catalogue's rows of one label.</param>
    public LabelMeaning(IEnumerable<LabelClassRecord> classes)
    {
        // A value that no row names is background, unless a row is for all of those.
        _others = (false, true);
        foreach (var row in classes)
        {
            var meaning = (row.Class is not null, row.Known);
            if (row.Value is null)
                _others = meaning;
            else
                _values[unchecked((long)(Int128.Parse(row.Value, CultureInfo.InvariantCulture)))] = meaning;
        }
    }

    public (bool IsOf, bool IsKnown) this[long value] => _values.TryGetValue(value, out var meaning) ? meaning : _others;
}
