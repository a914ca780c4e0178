using EmPipeline.Explorer.Requests;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Answers;

/// <summary>What is known of each section along an axis: of the table <c>sections</c>, where the catalogue has one, else of the blocks that it lies in.</summary>
internal sealed class SectionsAnswer(Shown shown)
{
    private const string Table = "sections";

    public async Task<IResult> GetAsync(HttpContext context, string dataset, string axis)
    {
        var (reader, cancellation) = (shown.Catalogue.Reader, context.RequestAborted);
        var state = await shown.Catalogue.GetAsync(cancellation);
        var level = Ask.Layers(state, dataset)[0].Levels[0].Level;
        Ask.Axis(axis);
        var name = Ask.Quote(dataset);
        var columns = (await reader.ReadColumnsAsync(cancellation)).Where(column => column.Table == Table).Select(column => column.Name).ToHashSet();
        if (columns.Contains("index"))
        {
            var rows = await reader.QueryAsync($"SELECT * FROM {Table} WHERE dataset = {name} AND axis = '{axis}' ORDER BY index", cancellation: cancellation);
            if (rows.Count > 0)
                return TypedResults.Json(new { source = Table, rows }, JsonAnswer.Options);
        }

        return TypedResults.Json(
            new
            {
                source = "blocks",
                rows = await reader.QueryAsync(
                    $"SELECT {axis} AS index, max(valid_{axis}) AS length, avg(mean) AS mean, avg(blank_share) AS blank FROM blocks WHERE dataset = {name} AND level = {level} GROUP BY {axis} ORDER BY {axis}",
                    cancellation: cancellation),
            },
            JsonAnswer.Options);
    }
}
