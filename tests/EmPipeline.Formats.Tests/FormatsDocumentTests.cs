using System.Text;

namespace EmPipeline.Formats.Tests;

/// <summary><c>docs/formats.md</c> is what the code says of itself. UPDATE_DOCS=1 in the environment writes it anew.</summary>
public sealed class FormatsDocumentTests
{
    [Fact]
    public void The_document_is_what_the_registry_says()
    {
        var path = Repository.File("docs/formats.md");
        var text = Render();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, text);
        File.ReadAllText(path).Should().Be(text, "UPDATE_DOCS=1 writes docs/formats.md from the code");
    }

    private static string Render()
    {
        var text = new StringBuilder("# Formats\n\nMade from the code by a test; do not edit.\n\n");
        text.Append("A path is recognised by its content, in this order. A file that is wrapped in gzip or bzip2 is unpacked first.\n\n");
        text.Append("| name | format | names end in | reads | writes | specification |\n|---|---|---|---|---|---|\n");
        foreach (var format in FormatRegistry.All)
        {
            var row = format.Description;
            text.Append($"| [`{format.Name}`](#{format.Name}) | {row.Title} | {string.Join(' ', row.Extensions)} | yes | {(row.Written is null ? "" : "yes")} | <{row.Specification}> |\n");
        }

        foreach (var format in FormatRegistry.All)
        {
            text.Append($"\n## {format.Name}\n\n{format.Description.Title}\n\n| feature | |\n|---|---|\n");
            foreach (var feature in format.Description.Features)
                text.Append($"| {Cell(feature)} | read |\n");
            if (format.Description.Written is { } written)
                text.Append($"| {Cell(written)} | written |\n");
            foreach (var limit in format.Description.Limits)
                text.Append($"| {Cell(limit)} | not read |\n");
        }

        text.Append("\n## Every format\n\n");
        text.Append("Voxels are bool, int8 to uint64, float16, float32 or float64. RGB samples are an axis `c`, complex numbers an axis `i` of two floats: both are inspected ");
        text.Append("and digested. Rechunk takes volumes whose axes are z, y, x in any order; a position on every other axis longer than 1 is chosen with ");
        text.Append("`select: { c: 0 }` in the configuration.\n");
        text.Append("\n## Files of the shared collections that are not held to their digest\n\n| file | reason |\n|---|---|\n");
        foreach (var (file, reason) in RealDataTests.Exceptions)
            text.Append($"| `{file}` | {Cell(reason)} |\n");
        return text.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
