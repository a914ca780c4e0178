using System.Net;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Requests;

/// <summary>
/// Refuses requests that were meant for another name: a page of elsewhere whose own name was made to point to this machine (DNS rebinding) would
/// otherwise read everything here. Numbers cannot be pointed elsewhere.
/// </summary>
internal sealed class HostCheck(IPAddress listening)
{
    public bool Allows(HostString host)
    {
        var name = host.Host.Trim('[', ']');
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return true;
        if (IPAddress.TryParse(name, out var address))
            return IPAddress.IsLoopback(address) || !IPAddress.IsLoopback(listening);
        return !IPAddress.IsLoopback(listening) && name.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase);
    }

    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (Allows(context.Request.Host))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        await context.Response.WriteAsync($"Host: got {context.Request.Host}, expected the address that was printed at the start.\n", context.RequestAborted);
    }
}
