using System.Text;
using EmPipeline.Catalog.Schema;

namespace EmPipeline.Catalog.Tests.Schema;

/// <summary><c>docs/catalogue.md</c> follows from the declarations of the tables and views, from which the database's comments come too.</summary>
public class CatalogueDocumentTests
{
    [Fact]
    public void The_document_says_what_the_tables_and_views_are() => HeldFile.Check("docs/catalogue.md", Render());

    private static string Render()
    {
        var text = new StringBuilder();
        Line("# The catalogue");
        Line();
        Line("`catalog/catalog.duckdb` and one Parquet file a table, in the same folder, made by the Catalog stage. This page follows from the declarations");
        Line("of the tables and views (`src/EmPipeline.Catalog/Schema`); the database carries the same words as comments.");
        Line();
        Line("Positions and extents are in voxels, axes in the order z, y, x; voxel sizes in nanometres.");
        Line();
        Line("SQL from outside (`new BlockDataset(catalog, query)`, `Train --query`) is one SELECT over these tables and views, or a condition on");
        Line("`labelled_blocks`. Nothing else of the machine can be reached by it; it ends after a minute, and takes at most 1 GiB.");
        Line();
        Line("## Tables");
        Table(Tables.Datasets);
        Table(Tables.LeftOut);
        Table(Tables.Volumes);
        Table(Tables.Files);
        Table(Tables.Metadata);
        Table(Tables.Conflicts);
        Table(Tables.Attributes);
        Table(Tables.Blocks);
        Table(LabelTables.Volumes);
        Table(LabelTables.Classes);
        Table(LabelTables.Blocks);
        Table(LabelTables.Chunks);
        Table(LabelTables.Shards);
        Table(SplitTables.Splits);
        Table(SplitTables.Blocks);
        Table(SectionTables.Sections);
        Table(RunTables.Runs);
        Line();
        Line("## Views");
        foreach (var view in Views.All)
        {
            Line();
            Line($"### {view.Name}");
            Line(view.Comment + (view.IsTable ? " Kept as a table." : ""));
            if (view.Columns.Count > 0)
            {
                Head();
                foreach (var (column, comment) in view.Columns)
                    Line($"| `{column}` | | {Cell(comment)} |");
            }

            Line();
            Line("```sql");
            Line(view.Query.ReplaceLineEndings("\n"));
            Line("```");
        }

        Line();
        Line($"### {LabelledBlocks.Name}");
        Line(LabelledBlocks.Of(new CatalogContent()).Comment + " Kept as a table where there is one. Here for a class and a label `mitochondria` and a split `v1`; the columns of a");
        Line("prediction begin with `prediction_`, whatever is neither a letter nor a digit becomes `_`, and `label_` stands before a name that is taken.");
        Head();
        foreach (var (column, comment) in LabelledBlocks.Examples)
            Line($"| `{column}` | | {Cell(comment)} |");
        return text.ToString();

        void Table<TRow>(Table<TRow> table)
        {
            Line();
            Line($"### {table.Name}");
            Line(table.Comment + (table.Key.Count > 0 ? $" Key: {string.Join(", ", table.Key)}." : ""));
            Head();
            foreach (var column in table.Columns)
                Line($"| `{column.Name}` | {column.SqlType}{(column.Required ? "" : ", may be null")} | {Cell(column.Comment)} |");
        }

        void Head()
        {
            Line();
            Line("| column | type | meaning |");
            Line("|---|---|---|");
        }

        void Line(string line = "") => text.Append(line).Append('\n');
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
