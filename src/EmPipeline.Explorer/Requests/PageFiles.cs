using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace EmPipeline.Explorer.Requests;

/// <summary>The page's own files, which are part of the program.</summary>
internal sealed class PageFiles
{
    private const string Folder = "wwwroot/";
    private readonly Dictionary<string, (byte[] Bytes, string Type, EntityTagHeaderValue Tag)> _files = [];

    public PageFiles()
    {
        var program = Assembly.GetExecutingAssembly();
        foreach (var name in program.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var stream = program.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            _files["/" + name[Folder.Length..]] = (bytes, TypeOf(name), new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\""));
        }

        _files["/"] = _files["/index.html"];
    }

    public IResult? Find(string path) =>
        _files.TryGetValue(path, out var file) ? TypedResults.Bytes(file.Bytes, file.Type, entityTag: file.Tag) : null;

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
