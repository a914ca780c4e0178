using System.Diagnostics;

namespace EmPipeline.Build.Tests;

/// <summary>Bad input gets a clear error and an exit code, the other datasets come through, and nothing half-written stands for whole.</summary>
public sealed class BadInputTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new();

    public BadInputTests() => _server.Files["good.tif"] = TiffVolume.Make(4, 40, 50);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_wrong_key_names_file_line_and_key_and_nothing_runs()
    {
        _folder.Write("pipeline.yaml", "version: 1\ndatasets:\n  a:\n    source: { file: a.tif }\n    chunks: [32, 32, 32]\n");
        var run = await RunAsync();
        run.ExitCode.Should().NotBe(0);
        run.Output.Should().Contain($"{_folder["pipeline.yaml"]}:5: datasets.a.chunks: got an unknown key, expected one of");
        run.Output.Should().NotContain("   at ", "a person gets no stack trace");
    }

    [Fact]
    public async Task An_unknown_dataset_lists_what_there_is()
    {
        Configure("good.tif");
        var dataset = await RunAsync("--dataset", "gud");
        dataset.ExitCode.Should().NotBe(0);
        dataset.Output.Should().Contain("--dataset: got 'gud', expected one of good, other");
    }

    [Fact]
    public async Task Publish_without_a_place_that_can_be_written_to_fetches_nothing_first()
    {
        Configure("good.tif");
        string[] publish = ["Publish", "--config", _folder["pipeline.yaml"], "--data", _folder["data"]];
        foreach (var (more, says) in new[] { ([], "--to: got nothing, expected where to publish"), (["--to", _folder["data/there"]], "which is in the data folder, expected another place"), (new[] { "--to", "gs://bucket/em" }, "expected s3://bucket/prefix or a folder") })
        {
            var run = await Graph.RunAsync([.. publish, .. more]);
            run.ExitCode.Should().NotBe(0);
            run.Output.Should().Contain(says);
            Directory.Exists(_folder["data/raw"]).Should().BeFalse();
        }
    }

    [Fact]
    public async Task A_404_fails_its_dataset_only()
    {
        Configure("absent.tif");
        var run = await RunAsync();
        ShouldFailAlone(run);
        run.Output.Should().Contain($"{_server.Address("absent.tif")}: got no such object (404)");
    }

    [Fact]
    public async Task An_unreachable_host_is_named_with_the_number_of_attempts()
    {
        Configure($"http://127.0.0.1:{FileServer.FreePort()}/f.tif");
        var run = await RunAsync();
        ShouldFailAlone(run);
        run.Output.Should().Contain("127.0.0.1").And.Contain("attempts");
    }

    [Fact]
    public async Task A_truncated_file_is_corrupt_with_its_place()
    {
        _server.Files["cut.tif"] = TiffVolume.Make(4, 40, 50)[..5000];
        Configure("cut.tif");
        var run = await RunAsync();
        ShouldFailAlone(run);
        run.Output.Should().Contain("cut.tif");
    }

    [Fact]
    public async Task A_foreign_file_is_unsupported_and_points_to_the_list()
    {
        _server.Files["page.html"] = "<!DOCTYPE html><title>Not found</title>"u8.ToArray();
        Configure("page.html");
        var run = await RunAsync();
        ShouldFailAlone(run);
        run.Output.Should().Contain("docs/formats.md");
    }

    [Fact]
    public async Task A_source_that_changed_since_it_was_locked_is_refused_until_accepted()
    {
        Configure("good.tif");
        (await RunAsync()).ExitCode.Should().Be(0);
        _server.Files["good.tif"] = TiffVolume.Make(4, 40, 50, seed: 9);
        Directory.Delete(_folder["data/raw"], recursive: true);
        var refused = await RunAsync();
        refused.ExitCode.Should().NotBe(0);
        refused.Output.Should().Contain("has changed since it was locked").And.Contain("--update-lock");
        var accepted = await RunAsync("--update-lock");
        accepted.ExitCode.Should().Be(0, accepted.Output);
        File.ReadAllBytes(_folder["data/raw/good/good.tif"]).Should().Equal(_server.Files["good.tif"]);
    }

    [Fact]
    public async Task A_raw_file_that_rotted_is_found_by_verify_and_fetched_again()
    {
        Configure("good.tif");
        (await RunAsync()).ExitCode.Should().Be(0);
        var raw = _folder["data/raw/good/good.tif"];
        var bytes = File.ReadAllBytes(raw);
        bytes[^1] ^= 1;
        File.WriteAllBytes(raw, bytes);
        File.Delete(_folder["data/state/good/Verify.ledger.json"]);
        var found = await RunAsync();
        found.ExitCode.Should().NotBe(0);
        found.Output.Should().Contain("good.tif: got sha256");
        (await RunAsync()).ExitCode.Should().Be(0);
        File.ReadAllBytes(raw).Should().Equal(_server.Files["good.tif"]);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_says_so()
    {
        Configure("good.tif");
        _folder.Write("data", "a file where the folder should be");
        var run = await RunAsync();
        run.ExitCode.Should().NotBe(0);
        run.Output.Should().Contain(_folder["data"]).And.NotContain("   at ");
    }

    [Fact]
    public async Task A_full_disk_is_named_and_the_next_run_with_room_comes_through()
    {
        var disk = Directory.CreateDirectory(_folder["disk"]).FullName;
        if (await ExitCodeAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk) != 0)
            Assert.Skip("mounting a small disk is not permitted here");
        try
        {
            _server.Files["big.tif"] = TiffVolume.Make(8, 1024, 1024);
            _folder.Write("pipeline.yaml", $"version: 1\ndatasets:\n  big: {{ source: {{ http: '{_server.Address("big.tif")}' }} }}\n");
            string[] download = ["Download", "--config", _folder["pipeline.yaml"], "--data", $"{disk}/data"];
            var full = await Graph.RunAsync(download);
            full.ExitCode.Should().NotBe(0);
            full.Output.Should().ContainAny("space", "full").And.NotContain("   at ");
            File.Exists($"{disk}/data/raw/big/big.tif").Should().BeFalse();
            (await ExitCodeAsync("mount", "-o", "remount,size=64m", disk)).Should().Be(0);
            var room = await Graph.RunAsync(download);
            room.ExitCode.Should().Be(0, room.Output);
        }
        finally
        {
            await ExitCodeAsync("umount", disk);
        }
    }

    [Theory]
    [InlineData("#!/bin/sh\necho 8.0.100\n", "got .NET SDK 8.0.100, expected 10 or later")]
    [InlineData(null, "got no 'dotnet' on the PATH")]
    public async Task An_old_or_missing_sdk_is_refused_with_what_to_install(string? dotnet, string says)
    {
        var path = "/usr/bin:/bin";
        if (dotnet is not null)
        {
            var program = _folder.Write("bin/dotnet", dotnet);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            path = _folder["bin"] + ":" + path;
        }
        else if (File.Exists("/usr/bin/dotnet"))
        {
            Assert.Skip("dotnet is installed in /usr/bin");
        }

        var start = new ProcessStartInfo("/bin/bash", [Repository.File("build.sh"), "Status"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = path;
        using var run = Process.Start(start)!;
        var error = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        run.ExitCode.Should().Be(2);
        error.Should().Contain(says);
    }

    private void Configure(string source) => _folder.Write("pipeline.yaml", $$"""
        version: 1
        datasets:
          good: { source: { http: "{{(source.StartsWith("http", StringComparison.Ordinal) ? source : _server.Address(source))}}" } }
          other: { source: { http: "{{_server.Address("good.tif")}}" } }

        """);

    private Task<Graph.Result> RunAsync(params string[] more) =>
        Graph.RunAsync(["Catalog", "--config", _folder["pipeline.yaml"], "--data", _folder["data"], .. more]);

    private void ShouldFailAlone(Graph.Result run)
    {
        run.ExitCode.Should().NotBe(0);
        run.Output.Should().Contain("Not every dataset came through").And.NotContain("   at ");
        File.Exists(_folder["data/state/good/Rechunk.ledger.json"]).Should().BeFalse();
        File.Exists(_folder["data/state/other/Rechunk.ledger.json"]).Should().BeTrue("the other dataset is whole");
        File.ReadAllText(_folder["data/catalog/metadata.csv"]).Should().Contain("other");
    }

    private static async Task<int> ExitCodeAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
