using Microsoft.AspNetCore.Http;

namespace EmPipeline.Tests.Servers;

/// <summary>Ways in which a server, or what stands before it, goes wrong.</summary>
internal static class Faults
{
    public static Func<int, HttpContext, Task<bool>> Status(int status, string? header = null, string? value = null) => (_, context) =>
    {
        context.Response.StatusCode = status;
        if (header is not null)
            context.Response.Headers[header] = value;
        return Task.FromResult(true);
    };

    /// <summary>The connection ends before any answer.</summary>
    public static Task<bool> Reset(int number, HttpContext context)
    {
        context.Abort();
        return Task.FromResult(true);
    }

    /// <summary>The headers promise <paramref name="claimed"/> bytes from the range's start on; <paramref name="sent"/> come, then the connection ends.</summary>
    public static Func<int, HttpContext, Task<bool>> Partial(int sent, int claimed, string contentRange, int? contentLength = null) => async (_, context) =>
    {
        context.Response.StatusCode = 206;
        context.Response.Headers.ContentRange = contentRange;
        context.Response.ContentLength = contentLength ?? claimed;
        await context.Response.Body.WriteAsync(new byte[sent]);
        await context.Response.Body.FlushAsync();
        if (sent < context.Response.ContentLength)
            context.Abort();
        return true;
    };

    /// <summary>Half a body, then silence until the client goes away.</summary>
    public static Func<int, HttpContext, Task<bool>> Stall(SkippingTime time) => async (_, context) =>
    {
        var clientTimeout = time.Held();
        context.Response.StatusCode = 206;
        context.Response.Headers.ContentRange = "bytes 100-199/1000";
        context.Response.ContentLength = 100;
        await context.Response.Body.WriteAsync(new byte[50]);
        await context.Response.Body.FlushAsync();
        var gone = new TaskCompletionSource();
        context.RequestAborted.Register(gone.SetResult);
        clientTimeout();
        await gone.Task;
        return true;
    };

    /// <summary>The fault in the first requests, good answers from then on.</summary>
    public static Func<int, HttpContext, Task<bool>> First(int requests, Func<int, HttpContext, Task<bool>> fault) =>
        (number, context) => number <= requests ? fault(number, context) : Task.FromResult(false);
}
