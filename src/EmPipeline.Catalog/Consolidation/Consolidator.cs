namespace EmPipeline.Catalog.Consolidation;

/// <summary>
/// Decides what a dataset goes by. The rule: configuration, then the voxels' own file, then registries, then pages; among equals, the
/// claim that comes first. Values are brought to the field's unit and form before they are compared, so that equal facts in other
/// words are no conflict. Pure: the same claims give the same answer.
/// </summary>
public static class Consolidator
{
    /// <param name="claims">In the order in which they count among equals. Claims with an empty value are passed over.</param>
    public static Consolidated Consolidate(string dataset, IEnumerable<Claim> claims)
    {
        var metadata = new List<MetadataRecord>();
        var conflicts = new List<ConflictRecord>();
        foreach (var field in claims.Where(claim => !string.IsNullOrWhiteSpace(claim.Value)).GroupBy(claim => claim.Field).OrderBy(FieldOrder).ThenBy(group => group.Key, StringComparer.Ordinal))
        {
            var definition = Fields.Find(field.Key);
            var kind = definition?.Kind ?? FieldKind.Text;
            var ordered = field.Distinct().OrderBy(claim => claim.Kind).Select(claim => (Claim: claim, Value: NormalisedValue.Of(claim))).ToList();

            // A number field goes by the first value that could be read as one.
            var chosen = Math.Max(0, definition is { IsNumeric: true } ? ordered.FindIndex(entry => entry.Value.Number is not null) : 0);
            for (var i = 0; i < ordered.Count; i++)
            {
                var (claim, value) = ordered[i];
                var unit = definition is { IsNumeric: true } && value.Number is null ? null : definition?.Unit;
                metadata.Add(new MetadataRecord(dataset, field.Key, value.Text, unit, Stated(claim), claim.Origin, i == chosen));
                if (i != chosen && !value.SameFactAs(ordered[chosen].Value, kind))
                    conflicts.Add(Conflict(dataset, ordered[chosen], ordered[i]));
            }
        }

        return new Consolidated(metadata, conflicts);
    }

    private static int FieldOrder(IGrouping<string, Claim> group)
    {
        for (var i = 0; i < Fields.All.Count; i++)
        {
            if (Fields.All[i].Name == group.Key)
                return i;
        }

        return Fields.All.Count;
    }

    private static ConflictRecord Conflict(string dataset, (Claim Claim, NormalisedValue Value) chosen, (Claim Claim, NormalisedValue Value) other) => new(
        dataset, chosen.Claim.Field, chosen.Value.Text, chosen.Claim.Origin, other.Value.Text, other.Claim.Origin, Rule(chosen.Claim, other.Claim));

    private static string Rule(Claim chosen, Claim other)
    {
        if (chosen.Kind < other.Kind)
            return $"{chosen.Kind.Describe()} counts more than {other.Kind.Describe()}";
        return chosen.Kind > other.Kind ? "the other value is not a number" : $"both are {chosen.Kind.Describe()}; the first counts";
    }

    private static string Stated(Claim claim) => claim.Unit is null ? claim.Value : $"{claim.Value} {claim.Unit}";
}
