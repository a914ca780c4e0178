using System.Net;
using System.Net.Http.Headers;
using EmPipeline.Demo.Tests.Support;

namespace EmPipeline.Demo.Tests.Serving;

public sealed class HttpMirrorTests(Mirror mirror) : IDisposable
{
    private const string Volume = "/documents.epfl.ch/groups/c/cv/cvlab-unit/www/data/%20ElectronMicroscopy_Hippocampus/volumedata.tif";

    private readonly HttpClient _client = new() { BaseAddress = new Uri(mirror.HttpAddress) };

    private byte[] Expected => File.ReadAllBytes(mirror.FileOf("https:/" + Volume));

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_whole_file_comes_with_length_and_validators()
    {
        using var response = await _client.GetAsync(Volume);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.Should().Be(Expected.Length);
        response.Content.Headers.LastModified.Should().Be(new DateTimeOffset(2025, 7, 22, 12, 0, 0, TimeSpan.Zero));
        response.Headers.ETag!.IsWeak.Should().BeFalse();
        response.Headers.AcceptRanges.Should().Equal("bytes");
        Digest.Of(await response.Content.ReadAsByteArrayAsync()).Should().Be(Digest.Of(Expected));
    }

    [Theory]
    [InlineData(8, 107, 8, 100)]
    [InlineData(3_232_190, null, 3_232_190, 7)]
    [InlineData(null, 5, 3_232_192, 5)]
    [InlineData(3_232_190, 9_999_999, 3_232_190, 7)]
    public async Task A_range_comes_alone(int? from, int? to, int start, int length)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Volume);
        request.Headers.Range = new RangeHeaderValue(from, to);
        using var response = await _client.SendAsync(request);
        response.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        response.Content.Headers.ContentRange.Should().Be(new ContentRangeHeaderValue(start, start + length - 1, Expected.Length));
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(Expected[start..(start + length)]);
    }

    [Fact]
    public async Task A_range_behind_the_end_is_refused_with_the_size()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Volume);
        request.Headers.Range = new RangeHeaderValue(Expected.Length, null);
        using var response = await _client.SendAsync(request);
        response.StatusCode.Should().Be(HttpStatusCode.RequestedRangeNotSatisfiable);
        response.Content.Headers.ContentRange!.Length.Should().Be(Expected.Length);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.PartialContent)]
    [InlineData(false, HttpStatusCode.OK)]
    public async Task If_Range_gives_the_part_only_of_the_same_content(bool same, HttpStatusCode status)
    {
        using var head = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Volume));
        using var request = new HttpRequestMessage(HttpMethod.Get, Volume);
        request.Headers.Range = new RangeHeaderValue(0, 9);
        request.Headers.IfRange = new RangeConditionHeaderValue(same ? head.Headers.ETag! : new EntityTagHeaderValue("\"other\""));
        using var response = await _client.SendAsync(request);
        response.StatusCode.Should().Be(status);
        response.Content.Headers.ContentLength.Should().Be(same ? 10 : Expected.Length);
    }

    [Fact]
    public async Task Head_states_the_length_and_sends_nothing()
    {
        using var response = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Volume));
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.Should().Be(Expected.Length);
        (await response.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task An_unchanged_file_is_not_sent_again()
    {
        using var head = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Volume));
        using var request = new HttpRequestMessage(HttpMethod.Get, Volume);
        request.Headers.IfNoneMatch.Add(head.Headers.ETag!);
        using var response = await _client.SendAsync(request);
        response.StatusCode.Should().Be(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("/idr.openmicroscopy.org/webgateway/imgData/9846137/")]
    [InlineData("/idr.openmicroscopy.org/api/v0/m/images/9846137/")]
    [InlineData("/idr.openmicroscopy.org/webgateway/original_file_paths/9846137/")]
    [InlineData("/www.ebi.ac.uk/empiar/api/entry/EMPIAR-11759/")]
    [InlineData("/www.ebi.ac.uk/empiar/api/entry/EMPIAR-11759")]
    public async Task A_folder_answers_with_its_JSON(string path)
    {
        using var response = await _client.GetAsync(path);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        (await response.Content.ReadAsStringAsync()).Should().StartWith("{");
    }

    [Fact]
    public async Task Where_the_source_lists_its_folders_a_folder_is_a_page_of_links()
    {
        using var response = await _client.GetAsync("/ftp.ebi.ac.uk/empiar/world_availability/11759/data/");
        response.Content.Headers.ContentType!.MediaType.Should().Be("text/html");
        var page = await response.Content.ReadAsStringAsync();
        page.Should().Contain("<a href=\"F57-8_test1_3VBSED_slice_0015.dm3\">").And.Contain("<a href=\"/ftp.ebi.ac.uk/empiar/world_availability/11759/\">Parent Directory</a>");
    }

    [Fact]
    public async Task A_short_link_leads_to_the_page_with_its_state()
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler);
        using var response = await client.GetAsync(mirror.HttpAddress + "/tinyurl.com/hemibrain-ng");
        response.StatusCode.Should().Be(HttpStatusCode.MovedPermanently);
        Uri.UnescapeDataString(response.Headers.Location!.Fragment).Should().StartWith("#!{").And.Contain("\"precomputed://gs://neuroglancer-janelia-flyem-hemibrain/emdata/clahe_yz/jpeg\"");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/example.org/absent")]
    [InlineData("/documents.epfl.ch/")]
    [InlineData("/documents.epfl.ch/groups/c/cv/cvlab-unit/www/data/%2520ElectronMicroscopy_Hippocampus/volumedata.tif")]
    [InlineData("/documents.epfl.ch/groups/c/cv/cvlab-unit/www/data/ElectronMicroscopy_Hippocampus/volumedata.tif")]
    [InlineData("/%2e%2e/mirror.json")]
    [InlineData("/..%5Cmirror.json")]
    public async Task What_the_mirror_lacks_is_404(string path)
    {
        using var response = await _client.GetAsync(path);
        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Writing_is_not_allowed()
    {
        using var response = await _client.PutAsync(Volume, new ByteArrayContent([1]));
        response.StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
    }
}
