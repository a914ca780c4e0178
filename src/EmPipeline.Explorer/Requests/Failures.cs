using System.Text.Json;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Requests;

/// <summary>Answers errors with a status and what went wrong, as JSON; a defect is told on the console, and not to who asked.</summary>
internal static class Failures
{
    public static async Task CatchAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone.
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            var (status, message) = Of(error);
            if (status == StatusCodes.Status500InternalServerError)
                await Console.Error.WriteLineAsync($"{context.Request.Method} {context.Request.Path}: {error}");
            context.Response.StatusCode = status;
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.WriteAsJsonAsync(new { error = message }, context.RequestAborted);
        }
    }

    public static (int Status, string Message) Of(Exception error) => error switch
    {
        RefusedException refused => (refused.Status, refused.Message),
        EmException { Fault: Fault.Configuration } wrong => (StatusCodes.Status400BadRequest, wrong.Message),
        EmException or StorageException => (StatusCodes.Status502BadGateway, error.Message),
        BadHttpRequestException bad => (bad.StatusCode, bad.Message),
        JsonException => (StatusCodes.Status400BadRequest, "got a body that is no JSON of the kind that is taken here, expected {\"query\": \"SELECT …\"} in UTF-8."),
        _ => (StatusCodes.Status500InternalServerError, "This is a defect of the viewer; its console has the rest."),
    };
}
