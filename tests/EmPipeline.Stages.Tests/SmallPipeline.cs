using EmPipeline.Stages.Catalog;
using EmPipeline.Stages.Status;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests;

/// <summary>
/// A pipeline of two small datasets in a folder of its own, run the way MSBuild runs it: what is stale is known to it by file times alone.
/// "local" are two sections of a folder, used in place; "remote" is a file on a server.
/// </summary>
public sealed class SmallPipeline : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new();
    private readonly List<string> _problems = [];

    public SmallPipeline()
    {
        Serve(seed: 1);
        for (var i = 0; i < 2; i++)
            WriteSection(i, seed: i);
        Configure();
    }

    /// <summary>Errors and warnings of the last run.</summary>
    public string Problems => string.Join('\n', _problems);

    public DataFolder Data => new(_folder["data"]);

    public string this[string name] => _folder[name];

    public string RemoteFile => _folder["data/raw/remote/volume.tif"];

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Changes what the server has.</summary>
    public byte[] Serve(int seed) => Serve(TiffVolume.Make(4, 40, 50, seed));

    public byte[] Serve(byte[] volume) => _server.Files["volume.tif"] = volume;

    public void WriteSection(int section, int seed)
    {
        Directory.CreateDirectory(_folder["scans"]);
        File.WriteAllBytes(_folder[$"scans/section_{section}.tif"], TiffVolume.Make(1, 40, 50, seed));
    }

    /// <summary>Writes the configuration, with more keys for either dataset.</summary>
    public void Configure(string remote = "", string local = "", string name = "pipeline.yaml") => _folder.Write(name, $$"""
        version: 1
        datasets:
          local: { source: { file: "{{_folder["scans/section_*.tif"]}}" } {{local}} }
          remote: { source: { http: "{{_server.Address("volume.tif")}}" } {{remote}} }

        """);

    public void Write(string name, string text) => _folder.Write(name, text);

    public string Address(string name) => _server.Address(name);

    public PipelineRun Open(bool updateLock = false, bool verify = false, string config = "pipeline.yaml") =>
        PipelineRun.Open(_folder[config], Data, _folder["pipeline.lock.json"], updateLock, verify);

    /// <summary>What Status says is to do whatever comes of the stages before, as "dataset: Stage".</summary>
    public IReadOnlyList<string> ToDo(bool updateLock = false, string config = "pipeline.yaml") =>
        StatusReport.Of(Open(updateLock, config: config), []).Where(row => !row.UpToDate && !row.Waits).Select(row => $"{row.Dataset}: {row.Stage}").ToList();

    /// <summary>Runs the whole graph.</summary>
    /// <returns>What ran, as "dataset: Stage" in ordinal order.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(bool updateLock = false, bool verify = false, string config = "pipeline.yaml", params string[] only)
    {
        var token = TestContext.Current.CancellationToken;
        var run = Open(updateLock, verify, config);
        var ran = new List<string>();
        _problems.Clear();
        foreach (var dataset in (await run.BeginAsync(only, token)).Select(dataset => dataset.Name))
        {
            try
            {
                foreach (var stage in Stage.All)
                {
                    await run.CheckAsync(dataset, stage, token);
                    if (!IsStale(Data.InputsFile(dataset, stage), Data.LedgerFile(dataset, stage)))
                        continue;
                    ran.Add($"{dataset}: {stage}");
                    await run.RunAsync(stage, run.Context(dataset) with { UpdateLock = updateLock, Warn = _problems.Add }, token);
                }
            }
            catch (Exception e) when (e is EmException or StorageException)
            {
                _problems.Add(e.Message);
            }
        }

        var plan = await run.CheckCatalogAsync(token);
        if (IsStale(Data.CatalogInputs, Data.CatalogLedger))
        {
            ran.Add("(all): Catalog");
            await CatalogStage.RunAsync(plan, Data, _problems.Add, token);
        }

        return ran.Order(StringComparer.Ordinal).ToList();
    }

    private static bool IsStale(string input, string output) => !File.Exists(output) || File.GetLastWriteTimeUtc(input) > File.GetLastWriteTimeUtc(output);
}
