using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Requests;

/// <summary>Only this server's own page may ask questions that cost something; browsers say who asks.</summary>
internal static class OwnPage
{
    /// <exception cref="RefusedException">The request comes from the page of another site.</exception>
    public static void Check(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
            throw new RefusedException(StatusCodes.Status403Forbidden, "got a request from another site's page, expected one from this server's own.");
    }
}
