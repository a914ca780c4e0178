using System.Text.Json;

namespace EmPipeline.Catalog.Consolidation;

/// <summary>Collects the claims of one origin; values that are not there make no claim.</summary>
internal sealed class ClaimList(string source, ClaimKind kind)
{
    private readonly List<Claim> _claims = [];

    public IReadOnlyList<Claim> Claims => _claims;

    public void Add(string field, string? value, string place, string? unit = null)
    {
        if (!string.IsNullOrWhiteSpace(value))
            _claims.Add(new Claim(field, value.Trim(), unit, $"{source} {place}", kind));
    }

    /// <summary>The member at a dotted path below <paramref name="element"/>; the path is also the claim's place.</summary>
    public void Add(string field, JsonElement element, string path, string? unit = null, string prefix = "") =>
        Add(field, element.At(path.Split('.')).AsText(), prefix + path, unit);

    /// <summary>An extent or size: zero and below mean that the registry does not know.</summary>
    public void AddPositive(string field, JsonElement element, string path, string? unit = null, string prefix = "")
    {
        var member = element.At(path.Split('.'));
        if (member.AsNumber() > 0)
            Add(field, member.AsText(), prefix + path, unit);
    }
}
