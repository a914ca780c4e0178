using EmPipeline.Catalog;
using EmPipeline.Stages.Catalog;

namespace EmPipeline.Stages.Tests.Catalog;

public sealed class RunLogsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_stage_that_ended_is_a_row_and_nothing_else_is()
    {
        _folder.Write("data/logs/20261128T145111.715Z.jsonl", """
            {"kind":"message","text":"hello","time":"2026-11-28T14:51:11Z"}
            {"dataset":"a","stage":"Download","state":"Done","bytes":2509576,"seconds":2.304,"summary":"3 of 3 files fetched","time":"2026-11-28T14:51:14.0120544Z","kind":"stage"}
            {"dataset":"a","stage":"Verify","state":"Failed","bytes":0,"seconds":0.1,"summary":null,"time":"2026-11-28T14:51:15Z","kind":"stage"}
            {"dataset":"a","stage":"Verify","state":"Done","bytes":2509576,"seconds":0.5,"summary":"3 files intact","time":"2026-11-28T14:51:16Z","kind":"stage"}
            {"dataset":"a","stage":"Rechunk","state":"Running","bytes":7,"seconds":0.5,"summary":null,"time":"2026-11-28T14:51:17Z","kind":"stage"}
            not json
            {"dataset":"a","sta
            """);
        _folder.Write("data/logs/20261127T010203.004Z.jsonl", """{"dataset":"b","stage":"Rechunk","state":"Failed","bytes":0,"seconds":1.5,"summary":null,"time":"2026-11-27T01:02:04Z","kind":"stage"}""");
        _folder.Write("data/logs/notes.jsonl", """{"dataset":"c","stage":"Rechunk","state":"Done","bytes":0,"seconds":1.5,"summary":"x","time":"2026-11-27T01:02:04Z","kind":"stage"}""");
        RunLogs.Read(new DataFolder(_folder["data"])).Should().Equal(
            new RunRow("2026-11-27T01:02:03.004Z", "b", "Rechunk", RunRow.Failed, "2026-11-27T01:02:04Z", 1.5, 0, null),
            new RunRow("2026-11-28T14:51:11.715Z", "a", "Download", RunRow.Done, "2026-11-28T14:51:14.0120544Z", 2.304, 2509576, "3 of 3 files fetched"),
            new RunRow("2026-11-28T14:51:11.715Z", "a", "Verify", RunRow.Done, "2026-11-28T14:51:16Z", 0.5, 2509576, "3 files intact"));
    }

    [Fact]
    public void Without_logs_there_are_no_runs() => RunLogs.Read(new DataFolder(_folder["none"])).Should().BeEmpty();
}
