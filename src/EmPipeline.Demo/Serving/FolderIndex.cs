using System.Globalization;
using System.Net;
using System.Text;

namespace EmPipeline.Demo.Serving;

/// <summary>The page of links with which EBI's web server lists a folder, as Apache words it.</summary>
internal static class FolderIndex
{
    private const string Host = "ftp.ebi.ac.uk";

    /// <param name="path">HOST/PATH.</param>
    public static bool IsListed(string path) => path.Split('/', Path.DirectorySeparatorChar)[0] == Host;

    public static string Of(string folder, string path)
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<html>\n <head>\n  <title>Index</title>\n </head>\n <body>\n<h1>Index of ").Append(WebUtility.HtmlEncode(path)).Append("</h1>\n<table>\n");
        page.Append("<tr><th><a href=\"?C=N;O=D\">Name</a></th><th><a href=\"?C=M;O=A\">Last modified</a></th><th><a href=\"?C=S;O=A\">Size</a></th></tr>\n");
        page.Append("<tr><td><a href=\"").Append(Link(path.TrimEnd('/')[..(path.TrimEnd('/').LastIndexOf('/') + 1)])).Append("\">Parent Directory</a></td><td>&nbsp;</td><td>  - </td></tr>\n");
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var name = entry is DirectoryInfo ? entry.Name + "/" : entry.Name;
            var size = entry is FileInfo file ? (file.Length / 1024).ToString(CultureInfo.InvariantCulture) + "K" : "  - ";
            page.Append("<tr><td><a href=\"").Append(Link(name)).Append("\">").Append(WebUtility.HtmlEncode(name)).Append("</a></td><td align=\"right\">");
            page.Append(entry.LastWriteTimeUtc.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)).Append("  </td><td align=\"right\">").Append(size).Append("</td></tr>\n");
        }

        return page.Append("</table>\n</body></html>\n").ToString();
    }

    private static string Link(string name) => WebUtility.HtmlEncode(Uri.EscapeDataString(name).Replace("%2F", "/", StringComparison.Ordinal));
}
