using System.Net;
using System.Text.RegularExpressions;
using EmPipeline.Explorer.Tests.Support;

namespace EmPipeline.Explorer.Tests.Requests;

/// <summary>The page comes whole from this server.</summary>
public sealed partial class PageFilesTests(ServedData data)
{
    [Fact]
    public async Task Everything_that_the_page_names_is_served_and_nothing_is_of_elsewhere()
    {
        var (left, seen) = (new Queue<string>(["/"]), new HashSet<string> { "/" });
        while (left.TryDequeue(out var path))
        {
            using var response = await data.Client.GetAsync(path);
            response.StatusCode.Should().Be(HttpStatusCode.OK, path);
            var text = await response.Content.ReadAsStringAsync();
            foreach (Match match in Names().Matches(text))
            {
                var name = match.Groups["name"].Value;
                name.Should().NotContain("//", "{0} names {1}", path, name);
                var full = new Uri(new Uri(data.Address, path), name).AbsolutePath;
                if (seen.Add(full))
                    left.Enqueue(full);
            }
        }

        var folder = Repository.File("src/EmPipeline.Explorer/wwwroot");
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => "/" + Path.GetRelativePath(folder, file).Replace('\\', '/'));
        seen.Should().BeEquivalentTo(files.Except(["/index.html"]).Append("/"), "what nothing names is not needed");
    }

    [Fact]
    public async Task A_file_that_has_not_changed_is_not_sent_again()
    {
        using var first = await data.Client.GetAsync("app.js");
        using var request = new HttpRequestMessage(HttpMethod.Get, "app.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        (await data.Client.SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("innerHTML")]
    [InlineData("outerHTML")]
    [InlineData("insertAdjacentHTML")]
    [InlineData("document.write")]
    [InlineData("eval(")]
    public void No_text_is_ever_read_as_markup(string way)
    {
        foreach (var file in Directory.EnumerateFiles(Repository.File("src/EmPipeline.Explorer/wwwroot"), "*.js", SearchOption.AllDirectories))
            File.ReadAllText(file).Should().NotContain(way, file);
    }

    [GeneratedRegex("""(?:\bfrom |\bimport |\b(?:href|src)=)"(?<name>[^"$#]+)"|(?:src|href): "(?<name>/[^"]*\.svg)""")]
    private static partial Regex Names();
}
