using System.Diagnostics;
using System.Text.Json;
using EmPipeline.Catalog;
using EmPipeline.Explorer.Requests;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Answers;

/// <summary>
/// One SELECT over the catalogue, or a condition on its blocks, answered as lines of JSON while it runs: the columns, a line a row, then how it ended.
/// </summary>
internal sealed class SqlAnswer(Shown shown, TimeSpan time)
{
    /// <summary>More rows are not sent: a table of more is for a program.</summary>
    public const int MostRows = 10_000;

    private const int MostLetters = 20_000, LettersOfValue = 10_000;
    private readonly SemaphoreSlim _turns = new(2);

    public async Task PostAsync(HttpContext context)
    {
        OwnPage.Check(context.Request);
        if (!context.Request.HasJsonContentType())
            throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, "Content-Type: expected application/json.");
        var question = await JsonSerializer.DeserializeAsync<Question>(context.Request.Body, JsonSerializerOptions.Web, context.RequestAborted);
        if (question?.Query is not { Length: <= MostLetters } query)
            throw RefusedException.Wrong($"query: got {question?.Query?.Length ?? 0} letters, expected at most {MostLetters}.");
        await _turns.WaitAsync(context.RequestAborted);
        try
        {
            await RunAsync(context.Response, query, context.RequestAborted);
        }
        finally
        {
            _turns.Release();
        }
    }

    private async Task RunAsync(HttpResponse response, string query, CancellationToken cancellation)
    {
        var (clock, rows, isCut) = (Stopwatch.StartNew(), 0, false);
        response.Headers.CacheControl = "no-store";
        await using var writer = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions { SkipValidation = true });
        try
        {
            await foreach (var batch in shown.Catalogue.Reader.StreamAsync(query, new QueryLimits { Time = time, Rows = long.MaxValue, Letters = LettersOfValue }, cancellation))
            {
                if (rows == 0 && batch.Rows.Count == 0)
                {
                    response.ContentType = "application/x-ndjson";
                    await LineAsync(() => JsonSerializer.Serialize(writer, new { columns = batch.Columns }, JsonAnswer.Options));
                }

                foreach (var row in batch.Rows.Take(MostRows - rows))
                {
                    await LineAsync(() => SqlValues.Write(writer, row));
                    rows++;
                }

                isCut = rows >= MostRows;
                await response.BodyWriter.FlushAsync(cancellation);
                if (isCut)
                    break;
            }

            await LineAsync(() => JsonSerializer.Serialize(writer, new { end = new { rows, isCut, seconds = Math.Round(clock.Elapsed.TotalSeconds, 3) } }, JsonAnswer.Options));
        }
        catch (Exception error) when (response.HasStarted && error is EmException or StorageException)
        {
            await LineAsync(() => JsonSerializer.Serialize(writer, new { error = error.Message }, JsonAnswer.Options));
        }

        async Task LineAsync(Action write)
        {
            write();
            await writer.FlushAsync(cancellation);
            writer.Reset();
            "\n"u8.CopyTo(response.BodyWriter.GetSpan(1));
            response.BodyWriter.Advance(1);
        }
    }

    private sealed record Question(string? Query);
}
