using EmPipeline.Explorer.Requests;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Answers;

/// <summary>What raw files and registries state of a dataset, as they state it, searched by words.</summary>
internal sealed class AttributesAnswer(Shown shown)
{
    private const int Most = 500, MostWords = 8;
    private const string Table = "attributes";

    public async Task<IResult> GetAsync(HttpContext context, string dataset)
    {
        var (reader, cancellation) = (shown.Catalogue.Reader, context.RequestAborted);
        Ask.Layers(await shown.Catalogue.GetAsync(cancellation), dataset);
        if (!(await reader.ReadColumnsAsync(cancellation)).Any(column => column.Table == Table))
            return TypedResults.Json(new { known = false, attributes = Array.Empty<object>(), isCut = false }, JsonAnswer.Options);
        var words = context.Request.Query["q"].ToString().ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(MostWords);
        var conditions = string.Concat(words.Select(word => $" AND contains(lower(concat_ws(' ', path, value, unit, type, file, label)), {Ask.Quote(word)})"));
        var rows = await reader.QueryAsync(
            $"SELECT label, file, part, path, type, value, unit, occurrences, length, sha256 FROM {Table} WHERE dataset = {Ask.Quote(dataset)}{conditions} LIMIT {Most + 1}", Ask.Brief, cancellation);
        return TypedResults.Json(new { known = true, attributes = rows.Take(Most), isCut = rows.Count > Most }, JsonAnswer.Options);
    }
}
