using System.Net;
using System.Net.Sockets;
using EmPipeline.Volumes;

namespace EmPipeline.Explorer.Tests;

public sealed class ViewOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void This_machine_alone_looks_unless_told()
    {
        var options = ViewOptions.Parse(["--data", _folder.Path]);
        (options.Data, options.Host, options.Port).Should().Be((_folder.Path, IPAddress.Loopback, null));
        options = ViewOptions.Parse(["--port", "80", "--host", "0.0.0.0", "--data", _folder.Path, "--parent", "7"]);
        (options.Host, options.Port, options.Parent).Should().Be((IPAddress.Any, 80, 7));
    }

    [Theory]
    [InlineData("--port 70000", "--port: got '70000', expected a whole number of at most 65535.")]
    [InlineData("--port", "--port: got nothing")]
    [InlineData("--host example.org", "--host: got 'example.org', expected an IP address of this machine.")]
    [InlineData("--hots x", "--hots: got an unknown option")]
    [InlineData("", "--data: got nothing")]
    [InlineData("--data /nowhere/at/all", "got no such folder, expected a data folder. Run ./build.sh")]
    public void What_is_wrong_is_named(string arguments, string says) =>
        FluentActions.Invoking(() => ViewOptions.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Should().Throw<EmException>().Which.Message.Should().Contain(says);

    [Fact]
    public async Task A_port_that_is_taken_is_named_where_it_was_asked_for()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var starting = () => ExplorerServer.StartAsync(new ViewOptions(_folder.Path, IPAddress.Loopback, port, null));
        (await starting.Should().ThrowAsync<EmException>()).Which.Message.Should().StartWith($"--port: got {port}, which cannot be listened on");
    }

    [Fact]
    public async Task Without_one_any_free_port_is_taken()
    {
        await using var first = await ExplorerServer.StartAsync(new ViewOptions(_folder.Path, IPAddress.Loopback, null, null));
        await using var second = await ExplorerServer.StartAsync(new ViewOptions(_folder.Path, IPAddress.Loopback, null, null));
        second.Address.Should().NotBe(first.Address);
    }
}
