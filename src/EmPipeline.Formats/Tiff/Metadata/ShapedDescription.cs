using System.Text.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>The JSON that tifffile writes into ImageDescription: {"shape": [30, 32, 32], "axes": "ZYX"}.</summary>
internal sealed record ShapedDescription(IReadOnlyList<long> Shape, string? Axes)
{
    // A page has up to four axes of its own.
    private const int MaxLeading = NdIndex.MaxRank - 4;

    public static ShapedDescription? Parse(string? description)
    {
        if (description is null || !description.StartsWith('{') || !description.Contains("\"shape\"", StringComparison.Ordinal))
            return null;
        try
        {
            using var json = JsonDocument.Parse(description);
            if (!json.RootElement.TryGetProperty("shape", out var shape) || shape.ValueKind != JsonValueKind.Array)
                return null;
            var extents = shape.EnumerateArray().Select(extent => extent.TryGetInt64(out var value) ? value : 0).ToArray();
            var axes = json.RootElement.TryGetProperty("axes", out var names) && names.ValueKind == JsonValueKind.String ? names.GetString() : null;
            return extents.All(extent => extent is >= 1 and <= int.MaxValue) && extents.Length > 0
                ? new ShapedDescription(extents, axes?.Length == extents.Length ? axes : null)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The leading axes, without those of size 1, that stack pages of this many numbers; null when the shape is not made of such pages.</summary>
    public (string Axes, long[] Shape)? Stacking(long pageNumbers)
    {
        var numbers = (Int128)1;
        var split = Shape.Count;
        while (split > 0 && numbers < pageNumbers)
            numbers *= Shape[--split];
        if (numbers != pageNumbers)
            return null;
        var leading = Enumerable.Range(0, split).Where(axis => Shape[axis] > 1).ToArray();
        if (leading.Length > MaxLeading)
            return null;
        var names = leading.Select(axis => Name(Axes?[axis] ?? 'Q')).ToArray();
        // A lone unnamed axis is the stack's own.
        if (names is ['?'])
            names = ['z'];
        return (new string(names), [.. leading.Select(axis => Shape[axis])]);
    }

    private static char Name(char axis) => char.ToUpperInvariant(axis) switch
    {
        'Z' => 'z',
        'T' => 't',
        'C' => 'c',
        _ => '?',
    };
}
