using Microsoft.AspNetCore.Http;

namespace EmPipeline.Storage.Tests;

public sealed class S3FaultTests : IAsyncLifetime
{
    private readonly byte[] _bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 3))];
    private readonly SkippingTime _time = new();
    private S3Server _server = null!;
    private S3Store _store = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await S3Server.StartAsync();
        _server.Objects["bucket/object"] = _bytes;
        _store = new S3Store("bucket", "", TestRetries.S3(_server.Address, _time));
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("slow down", "got 503 SlowDown after 6 attempts in")]
    [InlineData("truncated", "got a connection that broke off after 6 attempts in")]
    [InlineData("reset", "after 6 attempts in")]
    [InlineData("other bytes", "got Content-Range 'bytes 0-99/1000' in answer to bytes 100-199 after 6 attempts in")]
    [InlineData("stall", "got no data for 3600 s after 6 attempts in")]
    public async Task Passing_faults_are_asked_again_and_lasting_ones_told(string fault, string message)
    {
        _server.Fault = Faults.First(3, FaultOf(fault));
        var buffer = new byte[100];
        (await _store.ReadAsync("object", 100, buffer)).Should().BeTrue();
        buffer.Should().Equal(_bytes[100..200]);
        _server.Requests.Should().HaveCount(4);

        _server.Requests.Clear();
        _server.Fault = FaultOf(fault);
        var read = async () => await _store.ReadAsync("object", 100, buffer);
        (await read.Should().ThrowAsync<StorageException>()).Which.Message.Should().StartWith("s3://bucket/object").And.Contain(message);
        _server.Requests.Should().HaveCount(6, "the SDK does not repeat on its own");
    }

    [Theory]
    [InlineData(403, "AccessDenied", "got 403 AccessDenied, expected an object that anyone may read*")]
    [InlineData(404, "NoSuchBucket", "got 404 NoSuchBucket, expected a bucket*")]
    [InlineData(301, "PermanentRedirect", "got 301 PermanentRedirect, expected the bucket in this region*")]
    [InlineData(400, "InvalidRequest", "got 400 InvalidRequest: *")]
    public async Task Refusals_are_errors_at_once_and_never_absence(int status, string code, string message)
    {
        _server.Fault = Error(status, code);
        foreach (var ask in new Func<Task>[]
                 {
                     async () => await _store.ReadAsync("object", 100, new byte[100]),
                     async () => await _store.ReadAllAsync("object"),
                     async () => await _store.ListAsync("").ToListAsync(),
                 })
            (await ask.Should().ThrowAsync<StorageException>()).WithMessage($"s3://bucket/* (at http://127.0.0.1:*): {message}");
        _time.Waits.Should().BeEmpty();
    }

    [Fact]
    public async Task A_host_that_does_not_answer_is_told_once()
    {
        await _server.DisposeAsync();
        var find = async () => await _store.FindAsync("object");
        (await find.Should().ThrowAsync<StorageException>()).WithMessage("s3://bucket/object*: got a connection error (ConnectionRefused) after 6 attempts*");
    }

    [Fact]
    public async Task Tells_versions_without_quotes()
    {
        (await _store.FindAsync("object"))!.Value.ETag.Should().Be(ObjectServer.ETagOf(_bytes));
        (await _store.ListAsync("").ToListAsync()).Single().ETag.Should().Be(ObjectServer.ETagOf(_bytes));
    }

    [Fact]
    public async Task Lists_page_by_page_as_the_reader_goes()
    {
        for (var i = 0; i < 20; i++)
            _server.Objects[$"bucket/many/{i:00}"] = [1];
        await foreach (var _ in _store.ListAsync("many/"))
            break;
        _server.Requests.Should().HaveCount(1);
        (await _store.ListAsync("many/").ToListAsync()).Should().HaveCount(20);
        _server.Requests.Should().HaveCount(1 + 7);
    }

    [Fact]
    public async Task A_failed_page_of_a_listing_is_asked_again()
    {
        for (var i = 0; i < 5; i++)
            _server.Objects[$"bucket/many/{i}"] = [1];
        _server.Fault = (number, context) => number == 2 ? Error(503, "SlowDown")(number, context) : Task.FromResult(false);
        (await _store.ListAsync("many/").ToListAsync()).Should().HaveCount(5);
    }

    [Fact]
    public async Task What_consoles_leave_to_show_a_folder_is_no_object()
    {
        foreach (var key in (string[])["data/", "data/s0/", "data/s0/0", "data/s0/1/"])
            _server.Objects[$"bucket/{key}"] = [];
        _server.Objects["bucket/data/s0/2"] = [1];
        (await _store.ListAsync("data/").Select(found => found.Key).ToListAsync()).Should().Equal("data/s0/0", "data/s0/2");
    }

    [Fact]
    public async Task A_listing_that_stops_in_the_middle_is_not_taken_for_whole()
    {
        _server.Fault = async (_, context) =>
        {
            context.Response.ContentType = "application/xml";
            await context.Response.WriteAsync(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>true</IsTruncated><Contents><Key>many/0</Key><Size>1</Size></Contents></ListBucketResult>");
            return true;
        };
        var list = async () => await _store.ListAsync("many/").ToListAsync();
        (await list.Should().ThrowAsync<StorageException>()).WithMessage("*part of a listing*");
    }

    private Func<int, HttpContext, Task<bool>> FaultOf(string name) => name switch
    {
        "slow down" => Error(503, "SlowDown"),
        "truncated" => Faults.Partial(40, 100, "bytes 100-199/1000"),
        "reset" => Faults.Reset,
        "other bytes" => Faults.Partial(100, 100, "bytes 0-99/1000"),
        _ => Faults.Stall(_time),
    };

    private static Func<int, HttpContext, Task<bool>> Error(int status, string code) => async (_, context) =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        if (context.Request.Method != "HEAD")
            await context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>no</Message></Error>");
        return true;
    };
}
