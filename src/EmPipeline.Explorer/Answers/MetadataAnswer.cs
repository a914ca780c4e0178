using EmPipeline.Explorer.Requests;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Answers;

/// <summary>Every stated value of a dataset with its source, and where sources disagree.</summary>
internal sealed class MetadataAnswer(Shown shown)
{
    public async Task<IResult> GetAsync(HttpContext context, string dataset)
    {
        var (reader, cancellation) = (shown.Catalogue.Reader, context.RequestAborted);
        var state = await shown.Catalogue.GetAsync(cancellation);
        Ask.Layers(state, dataset);
        using var open = reader.KeepOpen();
        var name = Ask.Quote(dataset);
        return TypedResults.Json(
            new
            {
                dataset,
                metadata = await reader.QueryAsync($"SELECT field, value, unit, stated, origin, chosen FROM metadata WHERE dataset = {name} ORDER BY field, chosen DESC, origin", Ask.Brief, cancellation),
                conflicts = await reader.QueryAsync(
                    $"SELECT field, chosen_value, chosen_origin, other_value, other_origin, rule FROM conflicts WHERE dataset = {name} ORDER BY field", Ask.Brief, cancellation),
                files = await reader.QueryAsync($"SELECT key, length, sha256, source_url FROM files WHERE dataset = {name} ORDER BY key LIMIT 500", Ask.Brief, cancellation),
            },
            JsonAnswer.Options);
    }
}
