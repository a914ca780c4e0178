using EmPipeline.Stages.Ledgers;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Ledgers;

public sealed class FileListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_list_reads_back_sorted_whatever_order_it_was_given_in()
    {
        var files = Enumerable.Range(0, 5000).Select(i => new LedgerFile($"raw/é {i}/\"q\".tif", i, new string('a', 64), $"\"{i}\"", "https://example.org/")).ToList();
        var list = await FileList.WriteAsync(_folder["a.files.jsonl"], files, Cancellation);
        var again = await FileList.WriteAsync(_folder["b.files.jsonl"], Enumerable.Reverse(files), Cancellation);

        list.Read(_folder.Path).Should().Equal(files.OrderBy(file => file.Path, StringComparer.Ordinal));
        (list.Count, list.Bytes).Should().Be((5000, 5000L * 4999 / 2));
        again.Should().Be(list with { Name = "b.files.jsonl" });
    }

    [Fact]
    public async Task A_list_that_is_not_the_one_that_was_written_is_damaged_however_well_formed()
    {
        var path = _folder["a.files.jsonl"];
        var list = await FileList.WriteAsync(path, Files(300), Cancellation);
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        byte[][] damaged = [[], bytes[..^1], bytes[..(bytes.Length / 2)], [.. bytes, .. "{\"path\":\"x\",\"length\":1}\n"u8], Flipped(bytes, 11), Flipped(bytes, bytes.Length / 2)];
        foreach (var wrong in damaged)
        {
            await File.WriteAllBytesAsync(path, wrong, Cancellation);
            var read = () => list.Read(_folder.Path).Count();
            read.Should().Throw<EmException>().Which.Fault.Should().Be(Fault.Corrupt);
        }

        File.Delete(path);
        var gone = () => list.Read(_folder.Path).Count();
        gone.Should().Throw<EmException>().WithMessage($"{path}: *");
    }

    [Fact]
    public async Task Missing_files_are_counted_and_the_first_few_named()
    {
        var data = new DataFolder(_folder.Path);
        Directory.CreateDirectory(_folder["raw"]);
        for (var i = 0; i < 1000; i++)
            await File.WriteAllTextAsync(_folder[$"raw/{i:d4}"], "abc", Cancellation);
        var files = Enumerable.Range(0, 1000).Select(i => new LedgerFile($"raw/{i:d4}", 3)).ToList();
        var ledger = await WriteLedgerAsync(files);
        LedgerFiles.Missing(ledger, data).Should().BeEquivalentTo(MissingFiles.None);

        await File.WriteAllTextAsync(_folder["raw/0007"], "longer", Cancellation);
        for (var i = 500; i < 600; i++)
            File.Delete(_folder[$"raw/{i:d4}"]);
        var missing = LedgerFiles.Missing(ledger, data);
        missing.Count.Should().Be(101);
        missing.First.Should().Equal(_folder["raw/0007"], _folder["raw/0500"], _folder["raw/0501"]);
    }

    [Fact]
    public async Task A_damaged_list_is_itself_the_missing_file()
    {
        var ledger = await WriteLedgerAsync(Files(10));
        await File.AppendAllTextAsync(_folder["state/a/Download.files.jsonl"], "{", Cancellation);
        var missing = LedgerFiles.Missing(ledger, new DataFolder(_folder.Path));
        missing.First.Should().Contain(_folder["state/a/Download.files.jsonl"]);
    }

    private async Task<Ledger> WriteLedgerAsync(IReadOnlyList<LedgerFile> files)
    {
        var data = new DataFolder(_folder.Path);
        var list = await FileList.WriteAsync(data.FileList("a", Stage.Download), files, Cancellation);
        var ledger = new Ledger { Stage = "Download", Inputs = [], Upstream = new Dictionary<string, string>(), Files = list };
        var path = data.LedgerFile("a", Stage.Download);
        await File.WriteAllTextAsync(path, CanonicalJson.Text(ledger), Cancellation);
        return Ledger.Read(path)!;
    }

    private static List<LedgerFile> Files(int count) => [.. Enumerable.Range(0, count).Select(i => new LedgerFile($"raw/{i:d4}", 3, "00"))];

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var copy = bytes.ToArray();
        copy[at] ^= 1;
        return copy;
    }
}
