using System.Globalization;

namespace EmPipeline.Catalog.Consolidation;

/// <summary>A claim's value in its field's unit and form, so that equal facts compare equal.</summary>
/// <param name="Number">The value as a number where the field is one and the text could be read.</param>
internal readonly record struct NormalisedValue(string Text, double? Number)
{
    private const double RelativeTolerance = 1e-3;

    public static NormalisedValue Of(Claim claim)
    {
        var field = Consolidation.Fields.Find(claim.Field);
        var text = claim.Value.Trim();
        switch (field?.Kind)
        {
            case FieldKind.Count or FieldKind.Measure:
                return OfNumber(text, claim.Unit, field);
            case FieldKind.Date:
                return new(Dates.Parse(text)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? text, null);
            case FieldKind.Doi:
                return new(Doi(text), null);
            case FieldKind.Licence:
                return new(Licences.Normalise(text), null);
            default:
                return new(text, null);
        }
    }

    public bool SameFactAs(NormalisedValue other, FieldKind kind)
    {
        if (Number is { } a && other.Number is { } b)
            return kind == FieldKind.Count ? a == b : Math.Abs(a - b) <= RelativeTolerance * Math.Max(Math.Abs(a), Math.Abs(b));
        return string.Equals(CollapseSpace(Text), CollapseSpace(other.Text), StringComparison.OrdinalIgnoreCase);
    }

    private static NormalisedValue OfNumber(string text, string? unit, FieldDefinition field)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            return new(unit is null ? text : $"{text} {unit}", null);
        if (unit is null || field.Unit is null || unit == field.Unit)
            return new(Format(number), number);

        // A unit that cannot be converted is kept in the text and compared as text: no number is better than a wrong one.
        if (Units.Factor(unit, field.Unit) is not { } factor)
            return new($"{text} {unit}", null);
        return new(Format(number * factor), number * factor);
    }

    // Twelve digits: enough for what instruments measure, few enough that 0.02 µm is 20 nm and not 20.000000000000004.
    private static string Format(double number) => Math.Abs(number) < 1e15 && number == Math.Truncate(number)
        ? ((long)number).ToString(CultureInfo.InvariantCulture)
        : number.ToString("G12", CultureInfo.InvariantCulture);

    private static string Doi(string text)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"])
        {
            if (text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return text[prefix.Length..].Trim();
        }

        return text;
    }

    private static string CollapseSpace(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
