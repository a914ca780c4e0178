using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using EmPipeline.Demo.Tests.Support;

namespace EmPipeline.Demo.Tests.Serving;

/// <summary>The program as the Demo target runs it: a process of its own.</summary>
public class ServeProcessTests(Mirror mirror)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_prints_its_addresses_serves_and_ends_with_its_stdin()
    {
        using var process = Start("serve", "--folder", mirror.Folder);
        var addresses = JsonNode.Parse((await process.StandardOutput.ReadLineAsync().WaitAsync(Patience))!)!;
        using var client = new HttpClient();
        using var http = await client.GetAsync((string)addresses["http"]! + "/www.ebi.ac.uk/empiar/api/entry/EMPIAR-11759/");
        http.StatusCode.Should().Be(HttpStatusCode.OK);
        using var s3 = await client.GetAsync((string)addresses["s3"]! + "/janelia-cosem-datasets/jrc_mus-nacc-2/jrc_mus-nacc-2.zarr/.zgroup");
        s3.StatusCode.Should().Be(HttpStatusCode.OK);

        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
        process.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task It_ends_with_its_parent_though_stdin_stays_open()
    {
        // Any process will do for a parent; another server ends when told to.
        using var parent = Start("serve", "--folder", mirror.Folder);
        using var child = Start("serve", "--folder", mirror.Folder, "--parent", parent.Id.ToString(CultureInfo.InvariantCulture));
        (await child.StandardOutput.ReadLineAsync().WaitAsync(Patience)).Should().StartWith("{");
        child.HasExited.Should().BeFalse();

        parent.Kill();
        await child.WaitForExitAsync().WaitAsync(Patience);
        child.ExitCode.Should().Be(0);
    }

    [Fact]
    public Task Serving_what_is_no_mirror_is_refused() => ShouldFail("got no mirror of this version", "serve", "--folder", "absent");

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_an_error_without_a_stack_trace()
    {
        var folder = Directory.CreateTempSubdirectory("empipeline-occupied-").FullName;
        try
        {
            // A file stands where the HTTP mirror's folder must go.
            await File.WriteAllTextAsync(Path.Combine(folder, "http"), "");
            await ShouldFail("could not be written", "generate", "--folder", folder);
            File.Exists(Path.Combine(folder, "mirror.json")).Should().BeFalse("half a mirror has no stamp");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ShouldFail(string message, params string[] arguments)
    {
        using var process = Start(arguments);
        (await process.StandardError.ReadToEndAsync().WaitAsync(Patience)).Should().Contain(message).And.NotContain("   at ");
        await process.WaitForExitAsync().WaitAsync(Patience);
        process.ExitCode.Should().Be(1);
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "EmPipeline.Demo.exe" : "EmPipeline.Demo"), arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
