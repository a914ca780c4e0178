using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Storage.Tests;

/// <summary>The fault matrix of <see cref="HttpStore"/>: what goes wrong on the way, and what the reader is told.</summary>
public sealed class HttpFaultTests : IAsyncLifetime
{
    private readonly byte[] _bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 3))];
    private readonly SkippingTime _time = new();
    private ObjectServer _server = null!;
    private HttpStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ObjectServer.StartAsync();
        _server.Objects["data/object"] = _bytes;
        _store = new HttpStore(new Uri(_server.Address, "data"), TestRetries.Http(_time));
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Faults that the next attempt may not meet, with what the error says when every attempt meets them.</summary>
    public static TheoryData<string, string> Passing => new()
    {
        { "408", "got 408 Request Timeout after" },
        { "429", "got 429 Too Many Requests after" },
        { "500", "got 500 Internal Server Error after" },
        { "502", "got 502 Bad Gateway after" },
        { "503", "got 503 Service Unavailable after" },
        { "504", "got 504 Gateway Timeout after" },
        { "reset", "got a connection that broke off after" },
        { "truncated body", "got a connection that broke off after" },
        { "empty body", "got a connection that broke off after" },
        { "short Content-Length", "got Content-Length 60 with Content-Range 'bytes 100-199/1000' after" },
        { "other bytes", "got Content-Range 'bytes 0-99/1000' in answer to bytes 100-199 after" },
        { "fewer bytes", "got Content-Range 'bytes 100-149/1000' in answer to bytes 100-199 after" },
        { "more bytes", "got Content-Range 'bytes 100-299/1000' in answer to bytes 100-199 after" },
        { "no Content-Range", "got a partial response without a usable Content-Range" },
        { "other unit", "got a partial response without a usable Content-Range" },
        { "stall", "got no data for 3600 s after" },
    };

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task Passing_faults_are_asked_again(string fault, string _)
    {
        _server.Fault = Faults.First(3, FaultOf(fault));
        var buffer = new byte[100];
        (await _store.ReadAsync("object", 100, buffer)).Should().BeTrue();
        buffer.Should().Equal(_bytes[100..200]);
        _server.Requests.Should().HaveCount(4);
        _time.Waits.Should().HaveCount(3).And.OnlyContain(wait => wait > TimeSpan.Zero && wait <= TimeSpan.FromSeconds(30));
    }

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task Lasting_faults_name_address_answer_attempts_and_time(string fault, string message)
    {
        _server.Fault = FaultOf(fault);
        var read = async () => await _store.ReadAsync("object", 100, new byte[100]);
        var error = (await read.Should().ThrowAsync<StorageException>()).Which;
        error.Fault.Should().Be(StorageFault.Source);
        error.Message.Should().StartWith($"{_server.Address}data/object: ").And.Contain(message).And.MatchRegex("after 6 attempts in [0-9.]+ s. Check the address");
        _server.Requests.Should().HaveCount(6);
    }

    [Theory]
    [InlineData(401, "got 401 Unauthorized, expected an object that anyone may read*missing object too")]
    [InlineData(403, "got 403 Forbidden, expected an object that anyone may read*missing object too")]
    [InlineData(400, "got 400 Bad Request, expected 200 or 206")]
    [InlineData(501, "got 501 Not Implemented, expected 200 or 206")]
    [InlineData(307, "got 307 Temporary Redirect to nowhere")]
    public async Task Refusals_are_errors_at_once_and_never_absence(int status, string message)
    {
        _server.Fault = Faults.Status(status);
        foreach (var ask in new Func<Task>[]
                 {
                     async () => await _store.ReadAsync("object", 100, new byte[100]),
                     async () => await _store.FindAsync("object"),
                     async () => await _store.ReadAllAsync("object"),
                 })
            (await ask.Should().ThrowAsync<StorageException>()).WithMessage($"{_server.Address}data/object: {message}*");
        _time.Waits.Should().BeEmpty();
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Not_found_and_gone_are_absence(int status)
    {
        _server.Fault = Faults.Status(status);
        (await _store.FindAsync("object")).Should().BeNull();
        (await _store.ReadAsync("object", 0, new byte[1])).Should().BeFalse();
        (await _store.ReadAllAsync("object")).Should().BeNull();
    }

    [Theory]
    [InlineData("17")]
    [InlineData("Thu, 01 Jan 2026 00:00:17 GMT")]
    public async Task Waits_as_long_as_the_server_asks(string retryAfter)
    {
        _server.Fault = Faults.First(1, Faults.Status(429, "Retry-After", retryAfter));
        (await _store.ReadAllAsync("object")).Should().Equal(_bytes);
        _time.Waits.Should().Equal(TimeSpan.FromSeconds(17));
    }

    [Fact]
    public async Task Gives_up_when_the_server_asks_for_too_long()
    {
        _server.Fault = Faults.Status(503, "Retry-After", "3600");
        var read = async () => await _store.ReadAllAsync("object");
        (await read.Should().ThrowAsync<StorageException>()).WithMessage("*got 503 Service Unavailable in 1 attempt. The server asks to wait 3600 s.*");
        // Downloads of that host are told so one by one; they do not wait for that hour.
        ((IStreamStore)_store).Load!.EnterAsync(default).IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task Refuses_bodies_compressed_on_the_way()
    {
        _server.Fault = (_, context) =>
        {
            context.Request.Headers.AcceptEncoding.ToString().Should().Be("identity");
            context.Response.Headers.ContentEncoding = "gzip";
            return Task.FromResult(false);
        };
        var read = async () => await _store.ReadAsync("object", 0, new byte[10]);
        (await read.Should().ThrowAsync<StorageException>()).WithMessage("*got Content-Encoding gzip, expected the stored bytes*");
    }

    [Fact]
    public async Task A_missing_host_is_told_at_once()
    {
        await using var store = new HttpStore(
            new Uri("https://no-such-host.example/data"), TestRetries.Http(_time) with { Handler = new Failing(new SocketException((int)SocketError.HostNotFound)) });
        var read = async () => await store.FindAsync("object");
        (await read.Should().ThrowAsync<StorageException>()).WithMessage("https://no-such-host.example/data/object: got no address for this host name*");
        _time.Waits.Should().BeEmpty();
    }

    [Fact]
    public async Task A_refused_connection_is_tried_again_then_told()
    {
        await _server.DisposeAsync();
        var read = async () => await _store.FindAsync("object");
        (await read.Should().ThrowAsync<StorageException>()).WithMessage("*got a connection error (ConnectionRefused) after 6 attempts*");
    }

    [Fact]
    public async Task Cancelling_ends_a_stalled_read_as_a_cancellation()
    {
        using var stop = new CancellationTokenSource();
        _server.Fault = async (_, context) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        var read = async () => await _store.ReadAsync("object", 0, new byte[1], stop.Token);
        await read.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Notices_tell_of_each_failed_attempt()
    {
        var notices = new List<string>();
        await using var store = new HttpStore(_server.Address, new HttpStoreOptions { Retry = TestRetries.Of(_time) with { Notice = notices.Add } });
        _server.Fault = Faults.First(2, Faults.Status(503));
        await store.ReadAllAsync("data/object");
        notices.Should().Equal(
            $"{_server.Address}data/object: got 503 Service Unavailable in attempt 1 of 6.",
            $"{_server.Address}data/object: got 503 Service Unavailable in attempt 2 of 6.");
    }

    [Fact]
    public async Task Spaces_requests_where_a_rate_is_set()
    {
        await using var store = new HttpStore(_server.Address, TestRetries.Http(_time) with { MaxRequestsPerSecond = 4 });
        for (var i = 0; i < 9; i++)
            await store.ReadAsync("data/object", i, new byte[1]);
        _time.Waits.Should().HaveCount(8).And.OnlyContain(wait => wait == TimeSpan.FromSeconds(0.25));
    }

    [Fact]
    public async Task Reads_pages_that_do_not_tell_their_size_and_keeps_a_query()
    {
        var page = "{\"pixel_size\": 0.02}"u8.ToArray();
        _server.Fault = async (_, context) =>
        {
            if (context.Request.QueryString.Value != "?type=map&image=1" || context.Request.Method != "GET")
                return false;
            await context.Response.Body.WriteAsync(page.AsMemory(0, 5));
            await context.Response.Body.FlushAsync();
            await context.Response.Body.WriteAsync(page.AsMemory(5));
            return true;
        };
        await using var store = new HttpStore(new Uri(_server.Address, "api/annotations/?type=map&image=1"), TestRetries.Http(_time));
        (await store.ReadAllAsync("")).Should().Equal(page);
        var tooLarge = async () => await store.ReadAllAsync("", maximum: page.Length - 1);
        await tooLarge.Should().ThrowAsync<InvalidDataException>();
    }

    private Func<int, HttpContext, Task<bool>> FaultOf(string name) => name switch
    {
        "reset" => Faults.Reset,
        "truncated body" => Faults.Partial(40, 100, "bytes 100-199/1000"),
        "empty body" => Faults.Partial(0, 100, "bytes 100-199/1000"),
        "short Content-Length" => Faults.Partial(60, 60, "bytes 100-199/1000"),
        "other bytes" => Faults.Partial(100, 100, "bytes 0-99/1000"),
        "fewer bytes" => Faults.Partial(50, 50, "bytes 100-149/1000"),
        "more bytes" => Faults.Partial(200, 200, "bytes 100-299/1000"),
        "no Content-Range" => Faults.Partial(100, 100, ""),
        "other unit" => Faults.Partial(100, 100, "voxels 100-199/1000"),
        "stall" => Faults.Stall(_time),
        _ => Faults.Status(int.Parse(name)),
    };

    private sealed class Failing(Exception inner) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException(HttpRequestError.NameResolutionError, inner: inner);
    }
}
