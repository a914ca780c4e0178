using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Consolidation;

/// <summary>The answer of OMERO's <c>/webclient/api/annotations/?type=map</c>: lists of keys and values that curators attached.</summary>
public static class OmeroAnnotations
{
    /// <exception cref="EmException">Not such an answer.</exception>
    public static IReadOnlyList<Claim> Parse(string json, string place)
    {
        using var document = JsonText.Parse(json, place);
        if (document.RootElement.At("annotations") is null)
            throw EmException.Corrupt(place, "got a JSON object without 'annotations', expected OMERO annotations.");
        var claims = new ClaimList("OMERO map annotation", ClaimKind.Registry);
        foreach (var annotation in document.RootElement.At("annotations").AsArray())
        {
            foreach (var pair in annotation.At("values").AsArray())
            {
                var parts = ((System.Text.Json.JsonElement?)pair).AsArray().Select(part => ((System.Text.Json.JsonElement?)part).AsText()).ToList();
                if (parts is [{ } key, { } value] && Field(key) is { } field)
                    claims.Add(field, field == Fields.Doi ? value.Split(' ')[0] : value, key);
            }
        }

        return claims.Claims;
    }

    private static string? Field(string key) => key switch
    {
        "Organism" => Fields.Organism,
        "Cell Line" or "Organism Part" => Fields.Specimen,
        "Imaging Method" => Fields.Technique,
        "License" => Fields.Licence,
        "Data DOI" => Fields.Doi,
        _ => null,
    };
}
