using EmPipeline.Demo.Mirroring;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace EmPipeline.Demo.Serving;

/// <summary>
/// Answers /HOST/PATH with the file of that name: GET and HEAD, one range, validators, If-Range. A folder is answered with its index.json, where it has
/// an index.location with a redirection to the address in that, and on hosts that list their folders with a page of links.
/// </summary>
/// <param name="folder">The mirror's folder.</param>
/// <param name="files">The stamp's files.</param>
internal sealed class HttpMirror(string folder, IReadOnlyDictionary<string, MirrorFile> files)
{
    private readonly string _root = Path.Combine(folder, "http");

    public async Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return;
        }

        var path = MirrorPath.Resolve(_root, context.Request.Path.Value ?? "/");
        // With the slash at the end or without, as the registries' own servers have it.
        if (Directory.Exists(path))
        {
            if (await FolderAsync(context, path))
                return;
            path = Path.Join(path, "index.json");
        }

        if (path is null || !File.Exists(path))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync($"{context.Request.Path}: not in the mirror.\n", context.RequestAborted);
            return;
        }

        // As every server that the sources are read from does.
        context.Response.Headers.AccessControlAllowOrigin = "*";
        await TypedResults.PhysicalFile(
            path, ContentType(path), lastModified: File.GetLastWriteTimeUtc(path), entityTag: EntityTag(path), enableRangeProcessing: true).ExecuteAsync(context);
    }

    /// <returns>Whether the folder was answered with something else than its index.json.</returns>
    private async Task<bool> FolderAsync(HttpContext context, string path)
    {
        var location = Path.Join(path, "index.location");
        if (File.Exists(location))
        {
            context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            context.Response.Headers.Location = await File.ReadAllTextAsync(location, context.RequestAborted);
            return true;
        }

        if (!FolderIndex.IsListed(Path.GetRelativePath(_root, path)))
            return false;
        context.Response.ContentType = "text/html;charset=UTF-8";
        await context.Response.WriteAsync(FolderIndex.Of(path, context.Request.Path), context.RequestAborted);
        return true;
    }

    // Time and size, as nginx and Apache make theirs, and the recorded content: all files of every mirror bear one time.
    private EntityTagHeaderValue EntityTag(string path)
    {
        var info = new FileInfo(path);
        var content = files.TryGetValue(Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'), out var file) ? file.Sha256[..8] : "0";
        return new EntityTagHeaderValue($"\"{info.LastWriteTimeUtc.Ticks:x}-{info.Length:x}-{content}\"");
    }

    private static string ContentType(string path) => Path.GetExtension(path) switch
    {
        ".json" => "application/json",
        ".tif" => "image/tiff",
        _ => "application/octet-stream",
    };
}
