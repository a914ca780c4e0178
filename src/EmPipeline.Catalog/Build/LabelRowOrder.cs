using System.Runtime.CompilerServices;

namespace EmPipeline.Catalog.Build;

/// <summary>Holds what is streamed about labels to the order and uniqueness that the catalogue promises, and to labels that exist.</summary>
internal static class LabelRowOrder
{
    public static async IAsyncEnumerable<TRow> CheckAsync<TRow>(
        string table, IAsyncEnumerable<TRow> rows, Func<TRow, LabelPlace> placeOf, CatalogContent content, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var known = content.LabelVolumes.Select(row => (row.Dataset, row.Origin, row.Label)).ToHashSet();
        LabelPlace? previous = null;
        await foreach (var row in rows.WithCancellation(cancellation))
        {
            var place = placeOf(row);
            if (previous?.IsSameLabel(place) != true && !known.Contains((place.Dataset, place.Origin, place.Label)))
                throw new ArgumentException($"{table}: got one of {place}, expected only labels that have a volume.");
            if (previous?.CompareTo(place) >= 0)
                throw new ArgumentException($"{table}: got {place} after {previous}, expected ascending dataset, origin, label, level, z, y, x, class without repeats.");
            previous = place;
            yield return row;
        }
    }
}
