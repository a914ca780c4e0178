using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EmPipeline.Explorer.Tests.Support;

namespace EmPipeline.Explorer.Tests.Stores;

/// <summary>The stores as other viewers read them.</summary>
public sealed class StoreFilesTests(ServedData data)
{
    private const string Shard = "zarr/cells.zarr/s0/c/0/0/0";

    [Fact]
    public async Task Metadata_and_shards_are_the_files_themselves()
    {
        foreach (var key in new[] { "zarr/cells.zarr/zarr.json", "zarr/cells.zarr/s0/zarr.json", Shard, "zarr/cells.zarr/labels/groundtruth/objects/s0/zarr.json" })
            (await data.Client.GetByteArrayAsync(key)).Should().Equal(await File.ReadAllBytesAsync(Path.Combine(data.Folder, key)));
    }

    [Theory]
    [InlineData(10, 19, 10, 10)]
    [InlineData(null, 36, -36, 36)]
    public async Task Ranges_come_alone(int? from, int? to, int start, int length)
    {
        var all = await File.ReadAllBytesAsync(Path.Combine(data.Folder, Shard));
        using var request = new HttpRequestMessage(HttpMethod.Get, Shard);
        request.Headers.Range = new RangeHeaderValue(from, to);
        using var response = await data.Client.SendAsync(request);
        response.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        var first = start < 0 ? all.Length + start : start;
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(all[first..(first + length)]);
        response.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("*");
    }

    [Fact]
    public async Task A_head_and_what_has_not_changed_cost_nothing()
    {
        using var head = await data.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Shard));
        head.Content.Headers.ContentLength.Should().Be(new FileInfo(Path.Combine(data.Folder, Shard)).Length);
        using var again = new HttpRequestMessage(HttpMethod.Get, Shard);
        again.Headers.IfNoneMatch.Add(head.Headers.ETag!);
        (await data.Client.SendAsync(again)).StatusCode.Should().Be(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task An_absent_chunk_is_absent_for_other_sites_too()
    {
        using var response = await data.Client.GetAsync("zarr/cells.zarr/s0/c/9/9/9");
        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        response.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("*");
    }

    [Fact]
    public async Task A_browser_may_ask_first()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, Shard) { Headers = { { "Origin", "https://neuroglancer-demo.appspot.com" }, { "Access-Control-Request-Method", "GET" }, { "Access-Control-Request-Private-Network", "true" } } };
        using var response = await data.Client.SendAsync(request);
        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
        response.Headers.GetValues("Access-Control-Allow-Headers").Single().Should().Contain("Range");
        response.Headers.GetValues("Access-Control-Allow-Private-Network").Should().Equal("true");
    }

    [Fact]
    public async Task Neuroglancers_state_has_image_and_labels_of_this_server()
    {
        var state = (await data.Client.GetFromJsonAsync<JsonElement>("api/volume/cells")).GetProperty("state");
        state.GetProperty("layers").EnumerateArray().Select(layer => (layer.GetProperty("type").GetString(), layer.GetProperty("source").GetString())).Should().Equal(
            ("image", $"{data.Address}zarr/cells.zarr/|zarr3:"), ("segmentation", $"{data.Address}zarr/cells.zarr/labels/groundtruth/objects/|zarr3:"));
        state.GetProperty("dimensions").GetProperty("z").GetRawText().Should().Be("[5E-08,\"m\"]");
        state.GetProperty("position").GetRawText().Should().Be("[10,150,350]");
    }
}
