using EmPipeline.Explorer.Tests.Support;

namespace EmPipeline.Explorer.Tests;

/// <summary>
/// The page in a headless Chromium: every control is used, by mouse and by keyboard, and what was seen stays in artifacts/view. Skipped where node, Chromium
/// or tests/Interop/node_modules are absent.
/// </summary>
public sealed class PageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_control_does_what_it_says()
    {
        OtherSoftware.Require("playwright-core");
        await TestData.MakeAsync(_folder.Path);
        _folder.Write("logs/20261128T092652.320Z.jsonl", """
            {"dataset":"cells","stage":"Download","state":"Done","bytes":4200000,"seconds":1.5,"summary":"1 of 1 file fetched","time":"2026-11-28T09:26:54Z","kind":"stage"}
            {"text":"cells: something <b>odd</b>","time":"2026-11-28T09:26:55Z","kind":"warning"}

            """);
        var running = _folder.Write("logs/20261128T092652.320Z.running.json", """[{"dataset":"cells","stage":"Rechunk","state":"Running","bytes":3000000,"total":5000000,"seconds":0.5}]""");
        // However long the rest takes, it is a fresh sign.
        File.SetLastWriteTimeUtc(running, DateTime.UtcNow.AddHours(1));
        await using var server = await ServedData.StartAsync(_folder.Path);
        var output = await OtherSoftware.RunAsync("node", "view.mjs", server.Address, Repository.File("artifacts/view"));
        output.Should().Contain("ok: requests to elsewhere").And.Contain("ok: scripts that ran from metadata").And.Contain("ok: errors");
    }
}
