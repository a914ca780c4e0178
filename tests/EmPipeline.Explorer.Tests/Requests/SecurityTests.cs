using System.Net;
using System.Net.Http.Json;
using EmPipeline.Explorer.Requests;
using EmPipeline.Explorer.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Tests.Requests;

/// <summary>What a hostile page, name or path gets.</summary>
public sealed class SecurityTests(ServedData data)
{
    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:5151")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("192.168.1.5")]
    [InlineData("[2001:db8::1]")]
    public async Task A_request_for_another_name_is_refused(string host)
    {
        foreach (var path in new[] { "", "api/datasets", "zarr/cells.zarr/zarr.json", "tile/cells/image/0/z/0/0_0" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            using var response = await data.Client.SendAsync(request);
            response.StatusCode.Should().Be(HttpStatusCode.MisdirectedRequest);
        }
    }

    [Theory]
    [InlineData("127.0.0.1", "localhost:1", true)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "[::1]:80", true)]
    [InlineData("127.0.0.1", "10.0.0.1", false)]
    [InlineData("127.0.0.1", "machine.example", false)]
    [InlineData("127.0.0.1", "", false)]
    [InlineData("0.0.0.0", "10.0.0.1:5151", true)]
    [InlineData("0.0.0.0", "machine.example", false)]
    public void Names_that_anybody_can_point_here_are_not_taken(string listening, string host, bool allowed) =>
        new HostCheck(IPAddress.Parse(listening)).Allows(new HostString(host)).Should().Be(allowed);

    [Theory]
    [InlineData("")]
    [InlineData("app.js")]
    [InlineData("api/datasets")]
    [InlineData("tile/cells/image/0/z/0/0_0")]
    [InlineData("zarr/cells.zarr/zarr.json")]
    [InlineData("nothing")]
    public async Task Every_answer_tells_the_browser_what_to_forbid(string path)
    {
        using var response = await data.Client.GetAsync(path);
        string Header(string name) => string.Join(",", response.Headers.GetValues(name));
        Header("Content-Security-Policy").Should().StartWith("default-src 'none'; script-src 'self';").And.NotContain("unsafe").And.NotContain("*").And.Contain("frame-ancestors 'none'");
        Header("X-Content-Type-Options").Should().Be("nosniff");
        Header("X-Frame-Options").Should().Be("DENY");
        Header("Referrer-Policy").Should().Be("no-referrer");
        Header("Cross-Origin-Resource-Policy").Should().Be(path.StartsWith("zarr/", StringComparison.Ordinal) ? "cross-origin" : "same-origin");
        response.Headers.Contains("Access-Control-Allow-Origin").Should().Be(path.StartsWith("zarr/", StringComparison.Ordinal));
        response.Headers.Contains("Server").Should().BeFalse();
    }

    [Theory]
    [InlineData("zarr/../catalog/catalog.duckdb")]
    [InlineData("zarr/..%2fcatalog%2fcatalog.duckdb")]
    [InlineData("zarr/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("zarr/cells.zarr/../../../../etc/c/passwd")]
    [InlineData("zarr//etc/c/passwd")]
    [InlineData("zarr/c/..\\..\\catalog\\catalog.duckdb")]
    [InlineData("zarr/cells.zarr/link/c/secret")]
    [InlineData("zarr/cells.zarr/c/.hidden")]
    [InlineData("zarr/cells.zarr/s0/c/0%00")]
    [InlineData("zarr/cells.zarr/s0/c/0/0")]
    [InlineData("zarr/cells.zarr")]
    [InlineData("catalog/catalog.duckdb")]
    [InlineData("wwwroot/index.html")]
    public async Task Nothing_but_the_stores_files_is_served(string path)
    {
        var secret = System.IO.Path.Combine(data.Folder, "secret");
        Directory.CreateDirectory(System.IO.Path.Combine(secret, "c"));
        await File.WriteAllTextAsync(System.IO.Path.Combine(secret, "c", "secret"), "x");
        var link = System.IO.Path.Combine(data.Folder, "zarr", "cells.zarr", "link");
        if (!Directory.Exists(link))
            Directory.CreateSymbolicLink(link, secret);
        // The client would tidy the path up.
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, data.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET /{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        var answer = await new StreamReader(stream).ReadToEndAsync();
        answer.Split("\r\n")[0].Should().MatchRegex("^HTTP/1.1 (404|400) ");
    }

    [Fact]
    public async Task Queries_are_taken_from_the_own_page_alone()
    {
        foreach (var site in new[] { "cross-site", "same-site" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/sql") { Content = JsonContent.Create(new { query = "SELECT 1" }), Headers = { { "Sec-Fetch-Site", site } } };
            (await data.Client.SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        }

        // What another site's form can send without being asked.
        using var form = await data.Client.PostAsync("api/sql", new StringContent("""{"query":"SELECT 1"}""", System.Text.Encoding.UTF8, "text/plain"));
        form.StatusCode.Should().Be(HttpStatusCode.UnsupportedMediaType);
        using var preflight = await data.Client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "api/sql") { Headers = { { "Origin", "https://evil.example" }, { "Access-Control-Request-Method", "POST" } } });
        preflight.Headers.Contains("Access-Control-Allow-Origin").Should().BeFalse();
    }

    [Fact]
    public async Task A_long_body_is_refused()
    {
        using var response = await data.Client.PostAsJsonAsync("api/sql", new { query = new string('x', 200_000) });
        response.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        using var text = await data.Client.PostAsJsonAsync("api/sql", new { query = new string('x', 30_000) });
        text.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Markup_in_metadata_comes_as_text_of_JSON()
    {
        using var response = await data.Client.GetAsync("api/metadata/cells");
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        (await response.Content.ReadAsStringAsync()).Should().NotContain("<script", "even a browser that guesses finds no markup").And.Contain("\\u003Cscript");
    }

    [Fact]
    public async Task A_value_of_ten_megabytes_is_cut_and_its_length_told()
    {
        var answer = await data.Client.GetStringAsync("api/metadata/cells");
        answer.Length.Should().BeLessThan(20_000);
        answer.Should().Contain($"({TestData.Long.Length} letters)");
    }
}
