using EmPipeline.Explorer.Requests;
using EmPipeline.Volumes;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Answers;

/// <summary>All datasets, as cards show them.</summary>
internal sealed class DatasetsAnswer(Shown shown)
{
    public async Task<IResult> GetAsync(HttpContext context)
    {
        var (catalogue, cancellation) = (shown.Catalogue, context.RequestAborted);
        if (catalogue.Version is null)
            return TypedResults.Json(new { version = (string?)null, data = catalogue.Data, datasets = Array.Empty<object>(), leftOut = Array.Empty<object>() }, JsonAnswer.Options);
        var state = await catalogue.GetAsync(cancellation);
        using var open = catalogue.Reader.KeepOpen();
        var datasets = await catalogue.Reader.QueryAsync("SELECT * FROM datasets ORDER BY dataset", Ask.Brief, cancellation);
        var bytes = (await catalogue.Reader.QueryAsync("SELECT dataset, sum(stored_bytes)::BIGINT AS bytes FROM volumes GROUP BY dataset", cancellation: cancellation))
            .ToDictionary(row => (string)row["dataset"]!, row => row["bytes"]);
        var conflicts = (await catalogue.Reader.QueryAsync("SELECT dataset, count(*) AS n FROM conflicts GROUP BY dataset", cancellation: cancellation))
            .ToDictionary(row => (string)row["dataset"]!, row => row["n"]);
        var training = (await catalogue.Reader.ReadTrainingSummaryAsync(cancellation)).ToDictionary(summary => summary.Dataset);
        var leftOut = await catalogue.Reader.QueryAsync("SELECT dataset, stage, reason FROM left_out ORDER BY dataset", Ask.Brief, cancellation);
        return TypedResults.Json(
            new
            {
                version = state.Version,
                data = catalogue.Data,
                datasets = datasets.Where(row => state.Layers.ContainsKey((string)row["dataset"]!)).Select(row =>
                {
                    var name = (string)row["dataset"]!;
                    var (layers, summary) = (state.Layers[name], training.GetValueOrDefault(name));
                    var finest = layers[0].Levels[0];
                    return new
                    {
                        name,
                        title = row["title"], organism = row["organism"], specimen = row["specimen"], technique = row["technique"],
                        institution = row["institution"], licence = row["licence"], doi = row["doi"], date = row["acquisition_date"],
                        shape = finest.Shape, type = finest.Type.Name(), size = finest.Size, levels = layers[0].Levels.Count,
                        bytes = bytes.GetValueOrDefault(name), conflicts = conflicts.GetValueOrDefault(name) ?? 0,
                        blocks = summary?.Blocks ?? 0, leftOut = summary?.Excluded,
                        labels = layers.Skip(1).Select(layer => new { name = layer.Name, kind = layer.Kind }),
                    };
                }),
                leftOut,
            },
            JsonAnswer.Options);
    }
}
