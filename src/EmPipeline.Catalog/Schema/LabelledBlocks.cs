using System.Text;

namespace EmPipeline.Catalog.Schema;

/// <summary>
/// <c>labelled_blocks</c>: the training blocks, with columns that follow from the labels and splits of this catalogue. Without any it is the view
/// <c>training_blocks</c>; with some it is kept as a table, since a join of 10⁷ blocks at each question would want more memory than one may take.
/// </summary>
internal static class LabelledBlocks
{
    public const string Name = "labelled_blocks";
    private const string GroundTruth = "groundtruth";
    private const string Comment = "The blocks of training_blocks with columns for each class, label and split of the catalogue; null where a dataset does not have it.";

    /// <summary>What the columns mean, with "mitochondria" in the place of any class or label; those of predictions begin with "prediction_".</summary>
    public static IReadOnlyList<(string Name, string Comment)> Examples { get; } =
        [(Share("mitochondria"), ShareComment("mitochondria")), (Objects("mitochondria"), ObjectsComment("mitochondria")), (Unknown("mitochondria"), UnknownComment("mitochondria")), (Part("v1"), PartComment("v1"))];

    public static View Of(CatalogContent content)
    {
        if (content.LabelVolumes.Count == 0 && content.Splits.Count == 0)
            return new View(Name, Comment, IsTable: false, "SELECT * FROM training_blocks", []);
        var taken = TakenColumns();
        var columns = new List<(string Name, string Comment)>();
        var (gathered, parts, chosen) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        foreach (var (origin, name) in content.LabelClasses.Where(row => row.Class is not null).Select(row => (row.Origin, row.Class!)).Distinct().Order())
        {
            var which = $"class = {Sql.Quote(name)} AND origin = {Sql.Quote(origin)}";
            Add(Share(Named(origin, name)), ShareComment(name), $"sum(voxels) FILTER ({which}) / nullif(sum(known) FILTER ({which}), 0)", null);
            Add(Objects(Named(origin, name)), ObjectsComment(name), $"max(objects) FILTER ({which})", null);
        }

        foreach (var (origin, label) in content.LabelVolumes.Select(row => (row.Origin, row.Label)).Distinct().Order())
        {
            var datasets = content.LabelVolumes.Where(row => row.Origin == origin && row.Label == label).Select(row => Sql.Quote(row.Dataset)).Distinct();
            Add(
                Unknown(Named(origin, label)), UnknownComment(label), $"min(unknown_share) FILTER (label = {Sql.Quote(label)} AND origin = {Sql.Quote(origin)})",
                $"dataset IN ({string.Join(", ", datasets)})");
        }

        foreach (var split in content.Splits.Select(row => row.Split).Distinct())
        {
            var column = Free(Part(Plain(split)), taken);
            columns.Add((column, PartComment(split)));
            parts.Append($",\n           any_value(part) FILTER (split = {Sql.Quote(split)}) AS {Sql.Name(column)}");
            chosen.Append($", p.{Sql.Name(column)}");
        }

        var query =
            $"""
            WITH gathered AS (
                SELECT dataset, z, y, x{gathered}
                FROM label_blocks GROUP BY dataset, z, y, x),
            divided AS (
                SELECT dataset, z, y, x{parts}
                FROM split_blocks WHERE level = 0 GROUP BY dataset, z, y, x)
            SELECT t.*{chosen}
            FROM training_blocks t LEFT JOIN gathered g USING (dataset, z, y, x) LEFT JOIN divided p USING (dataset, z, y, x)
            ORDER BY dataset, shard_z, shard_y, shard_x, z, y, x
            """;
        return new View(Name, Comment, IsTable: true, query, [.. Inherited(), .. columns]);

        // A block of a labelled dataset that the label does not reach has no row in label_blocks: nothing of it is known.
        void Add(string column, string comment, string expression, string? holds)
        {
            column = Free(column, taken);
            columns.Add((column, comment));
            gathered.Append($",\n           {expression} AS {Sql.Name(column)}");
            chosen.Append(holds is null ? $", g.{Sql.Name(column)}" : $",\n       CASE WHEN {holds} THEN coalesce(g.{Sql.Name(column)}, 1) END AS {Sql.Name(column)}");
        }
    }

    private static string Share(string name) => name + "_share";

    private static string ShareComment(string name) => $"Share of {name} among the block's annotated voxels, 0 to 1; null where nothing is annotated.";

    private static string Objects(string name) => name + "_objects";

    private static string ObjectsComment(string name) => $"Objects of class {name} that have a voxel in the block; null where nothing is annotated or objects are not told apart.";

    private static string Unknown(string name) => name + "_unknown_share";

    private static string UnknownComment(string name) => $"Share of the block's inside of which the label {name} knows nothing, 0 to 1.";

    private static string Part(string split) => "split_" + split;

    private static string PartComment(string split) => $"The part of split {split} that the block is of; null where it is of none.";

    private static string Plain(string name) => string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '_'));

    /// <summary>A name that needs no quotes in SQL; a prediction's is told from the ground truth's.</summary>
    private static string Named(string origin, string name)
    {
        var plain = Plain(name);
        return origin != GroundTruth ? $"{origin}_{plain}" : plain.Length > 0 && char.IsAsciiDigit(plain[0]) ? $"class_{plain}" : plain;
    }

    /// <summary>A name that no column has yet: a class may be called "blank" or "fill".</summary>
    private static string Free(string name, HashSet<string> taken)
    {
        while (!taken.Add(name))
            name = "label_" + name;
        return name;
    }

    private static HashSet<string> TakenColumns() => Inherited().Select(column => column.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The columns of <c>training_blocks</c>, as their own tables explain them.</summary>
    private static IEnumerable<(string Name, string Comment)> Inherited()
    {
        foreach (var column in Tables.Blocks.Columns)
            yield return (column.Name, column.Comment);
        foreach (var name in (string[])["path", "dtype", "block_z", "block_y", "block_x", "voxel_size_z_nm", "voxel_size_y_nm", "voxel_size_x_nm"])
            yield return (name, Tables.Volumes.Columns.Single(column => column.Name == name).Comment);
        yield return Views.All.Single(view => view.Name == "judged_blocks").Columns.Single(column => column.Name == "whole");
    }
}
