using EmPipeline.Explorer.Requests;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Answers;

/// <summary>What can be asked by SQL: tables and views with their columns.</summary>
internal sealed class SchemaAnswer(Shown shown)
{
    public async Task<IResult> GetAsync(HttpContext context)
    {
        var columns = await shown.Catalogue.Reader.ReadColumnsAsync(context.RequestAborted);
        return TypedResults.Json(
            new { data = shown.Catalogue.Data, tables = columns.GroupBy(column => column.Table).Select(table => new { name = table.Key, columns = table.Select(column => new { name = column.Name, type = column.Type, comment = column.Comment }) }) },
            JsonAnswer.Options);
    }
}
