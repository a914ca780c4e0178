using System.Globalization;
using EmPipeline.Explorer.Requests;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Answers;

/// <summary>The blocks of level 0 that a plane cuts, with one of their statistics: a map of the plane.</summary>
internal sealed class BlocksAnswer(Shown shown)
{
    private static readonly string[] Fields = ["mean", "std", "min", "max", "p1", "p50", "p99", "blank_share", "fill_share", "not_finite"];

    public async Task<IResult> GetAsync(HttpContext context, string dataset, string axis, long index)
    {
        var (reader, cancellation) = (shown.Catalogue.Reader, context.RequestAborted);
        var state = await shown.Catalogue.GetAsync(cancellation);
        var level = Ask.Layers(state, dataset)[0].Levels[0].Level;
        var across = Ask.Axis(axis);
        var field = context.Request.Query["field"].ToString() is { Length: > 0 } asked ? asked : "mean";
        if (!Fields.Contains(field))
            throw RefusedException.Wrong($"field: got '{field}', expected {string.Join(", ", Fields)}.");
        var volume = (await reader.ReadVolumesAsync(cancellation)).FirstOrDefault(volume => volume.Dataset == dataset && volume.Level == level) ?? throw RefusedException.NotFound(dataset);
        var first = index / volume.Block[across] * volume.Block[across];
        var rows = await reader.QueryAsync(
            string.Create(CultureInfo.InvariantCulture, $"SELECT z, y, x, \"{field}\" AS value, excluded FROM judged_blocks WHERE dataset = {Ask.Quote(dataset)} AND level = {level} AND {axis} = {first} ORDER BY z, y, x"),
            cancellation: cancellation);
        return TypedResults.Json(
            new { fields = Fields, field, first, block = volume.Block, blocks = rows.Select(row => new[] { row["z"], row["y"], row["x"], row["value"], row["excluded"] }) }, JsonAnswer.Options);
    }
}
