using System.Globalization;
using System.Text.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Consolidation;

/// <summary>The answer of EMPIAR's <c>/api/entry/EMPIAR-n/</c>: one member, named by the entry.</summary>
public static class EmpiarEntry
{
    /// <param name="place">Where the text came from, for messages.</param>
    /// <param name="files">
    /// Where the files in question lie below the entry, such as "data/*.dm3": the image set with the directory that leads to them is the one that describes
    /// them. Null: not known. Of several sets that it could be none is taken: no voxel size is better than another set's.
    /// </param>
    /// <exception cref="EmException">Not such an answer.</exception>
    public static IReadOnlyList<Claim> Parse(string json, string place, string? files = null)
    {
        using var document = JsonText.Parse(json, place);
        var members = document.RootElement.EnumerateObject().ToList();
        if (members.Count != 1 || members[0].Value.ValueKind != JsonValueKind.Object)
            throw EmException.Corrupt(place, $"got a JSON object with {members.Count} members, expected one, named like EMPIAR-11759, that holds the entry.");
        var entry = members[0].Value;
        var claims = new ClaimList($"EMPIAR API {members[0].Name}", ClaimKind.Registry);
        claims.Add(Fields.Title, entry, "title");
        claims.Add(Fields.Doi, entry, "entry_doi");
        claims.Add(Fields.Technique, entry, "experiment_type");
        claims.Add(Fields.ArchiveEntry, members[0].Name, "name of the entry");
        claims.Add(Fields.Depositor, entry, "corresponding_author.author.name");
        claims.Add(Fields.Institution, entry, "corresponding_author.author.organization");
        claims.Add(Fields.DepositionDate, entry, "deposition_date");
        claims.Add(Fields.ReleaseDate, entry, "release_date");
        claims.Add(Fields.UpdateDate, entry, "update_date");
        AddCitations(claims, entry);
        claims.Add(Fields.Authors, Authors(entry), "authors");

        var sets = entry.At("imagesets").AsArray().ToList();
        if (SetOf(sets, files) is { } index)
            AddImageSet(claims, sets[index], $"imagesets[{index}].");
        return claims.Claims;
    }

    private static void AddCitations(ClaimList claims, JsonElement entry)
    {
        foreach (var (citation, index) in entry.At("citation").AsArray().Select((citation, index) => (citation, index)))
        {
            var parts = new[] { "title", "journal", "year", "doi" }.Select(member => citation.At(member).AsText()).Where(part => !string.IsNullOrWhiteSpace(part));
            claims.Add(Fields.Citation, string.Join(", ", parts), $"citation[{index}]");
        }
    }

    private static int? SetOf(List<JsonElement> sets, string? files)
    {
        if (sets.Count == 1)
            return 0;
        var leading = sets.Select((set, index) => (Directory: set.At("directory").AsText()?.Trim('/') ?? "", index))
            .Where(set => set.Directory.Length > 0 && files?.StartsWith(set.Directory + "/", StringComparison.Ordinal) == true).ToList();
        return leading.GroupBy(set => set.Directory.Length).MaxBy(sets => sets.Key)?.ToList() is [var only] ? only.index : null;
    }

    private static void AddImageSet(ClaimList claims, JsonElement set, string prefix)
    {
        claims.Add(Fields.Description, set, "details", prefix: prefix);
        claims.Add(Fields.Processing, set, "category", prefix: prefix);
        claims.AddPositive(Fields.ShapeX, set, "image_width", prefix: prefix);
        claims.AddPositive(Fields.ShapeY, set, "image_height", prefix: prefix);

        // The registry does not say so, but its pixel sizes are in ångström, as in the rest of the EMDB's world.
        claims.AddPositive(Fields.VoxelSizeX, set, "pixel_width", "\u00c5", prefix);
        claims.AddPositive(Fields.VoxelSizeY, set, "pixel_height", "\u00c5", prefix);
        if (set.At("num_images_or_tilt_series").AsNumber() is > 0 and var images)
        {
            var frames = set.At("frames_per_image").AsNumber() is > 0 and var stated ? stated : 1;
            claims.Add(Fields.ShapeZ, (images * frames).ToString(CultureInfo.InvariantCulture), prefix + "num_images_or_tilt_series");
        }

        var type = set.At("voxel_type").AsText();
        claims.Add(Fields.DataType, type is null ? null : VoxelTypeName(type), prefix + "voxel_type");
    }

    private static string? Authors(JsonElement entry)
    {
        var names = entry.At("authors").AsArray().Select(author => (author.At("author", "name") ?? author.At("name")).AsText()).OfType<string>().ToList();
        return names.Count == 0 ? null : string.Join("; ", names);
    }

    private static string VoxelTypeName(string type) => type.ToUpperInvariant() switch
    {
        "UNSIGNED BYTE" => "uint8",
        "SIGNED BYTE" => "int8",
        "UNSIGNED 16 BIT INTEGER" => "uint16",
        "SIGNED 16 BIT INTEGER" => "int16",
        "UNSIGNED 32 BIT INTEGER" => "uint32",
        "SIGNED 32 BIT INTEGER" => "int32",
        "32 BIT FLOAT" => "float32",
        _ => type,
    };
}
