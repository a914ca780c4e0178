using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Storage.Tests;

/// <summary>The fault matrix of <see cref="Downloader"/>: whatever happens on the way, the file is whole and right, or not there.</summary>
public sealed class DownloadFaultTests : DownloadFixture
{
    private const int Length = (20 * Piece) + 777;

    private string Target => Folder["object"];

    [Fact]
    public async Task A_connection_that_breaks_in_a_piece_goes_on_from_where_it_came_to()
    {
        var bytes = Put("object", Length);
        var broken = 0;
        Server.Fault = async (_, context) =>
        {
            if (context.Request.Headers.Range.ToString() is not { Length: > 0 } range || Interlocked.Increment(ref broken) % 12 == 0)
                return false;
            // Half of what was asked for, then the end; a piece is asked for in ever smaller rests, oftener than a request may fail.
            var (from, to) = (long.Parse(range[6..range.IndexOf('-')]), long.Parse(range[(range.IndexOf('-') + 1)..]) + 1);
            to = Math.Min(to, Length);
            context.Response.StatusCode = 206;
            context.Response.Headers.ETag = $"\"{ObjectServer.ETagOf(bytes)}\"";
            context.Response.Headers.ContentRange = $"bytes {from}-{to - 1}/{Length}";
            context.Response.ContentLength = to - from;
            await context.Response.Body.WriteAsync(bytes.AsMemory((int)from, (int)(to - from + 1) / 2));
            return true;
        };
        var progress = new Sum();
        var file = await Downloader.DownloadAsync(Store, "object", Target, null, progress);
        await ShouldArrive(bytes, file);
        (file.BytesTransferred, progress.Total).Should().Be((Length, Length), "no byte comes twice");
    }

    [Fact]
    public async Task A_stream_that_breaks_starts_over_and_takes_its_progress_back()
    {
        var bytes = Put("object", 1000);
        Server.Fault = Faults.First(2, async (_, context) =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync(bytes.AsMemory(0, 500));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        });
        var progress = new Sum();
        await ShouldArrive(bytes, await Downloader.DownloadAsync(Store, "object", Target, null, progress));
        progress.Total.Should().Be(1000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_object_that_changes_meanwhile_is_fetched_anew_and_never_mixed(bool preconditions)
    {
        Put("object", Length);
        var changed = Put("other", Length, seed: 1);
        Server.Fault = (number, context) =>
        {
            if (number == 8)
                Server.Objects["object"] = changed;
            if (!preconditions)
                context.Request.Headers.Remove("If-Match");
            return Task.FromResult(false);
        };
        var progress = new Sum();
        await ShouldArrive(changed, await Downloader.DownloadAsync(Store, "object", Target, null, progress));
        progress.Total.Should().Be(Length);
    }

    [Fact]
    public async Task An_object_that_keeps_changing_is_an_error()
    {
        Server.Fault = (number, _) =>
        {
            Put("object", Length, seed: number);
            return Task.FromResult(false);
        };
        await ShouldFail(StorageFault.Source, "got 3 changes of the object while it was downloaded");
    }

    [Fact]
    public async Task An_object_that_changed_between_two_runs_is_fetched_anew()
    {
        await Interrupt(Put("object", Length));
        var changed = Put("object", Length, seed: 1);
        await ShouldArrive(changed, await Downloader.DownloadAsync(Store, "object", Target), resumed: false);
    }

    [Fact]
    public async Task Absence_and_disappearance_are_errors_of_their_own()
    {
        await ShouldFail(StorageFault.Absent, "got no such object (404), expected one to download");
        Put("object", Length);
        Server.Fault = (number, _) =>
        {
            if (number == 5)
                Server.Objects.Clear();
            return Task.FromResult(false);
        };
        await ShouldFail(StorageFault.Absent, "got no such object (404), expected one to download", leavesPartial: true);
    }

    [Fact]
    public async Task A_server_that_stays_down_is_named_and_what_came_is_kept()
    {
        var bytes = Put("object", Length);
        Server.Fault = (number, context) => number > 6 ? Faults.Status(503)(number, context) : Task.FromResult(false);
        await ShouldFail(StorageFault.Source, "got 503 Service Unavailable after 6 attempts", leavesPartial: true);
        Server.Fault = null;
        await ShouldArrive(bytes, await Downloader.DownloadAsync(Store, "object", Target), resumed: true);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(Length)]
    public async Task Content_that_is_not_as_expected_is_an_error_and_leaves_nothing(int length)
    {
        Put("object", length);
        var zeros = new string('0', 64);
        await ShouldFail(StorageFault.Content, $"expected {zeros}", new ExpectedFile(length, Sha256: zeros));
        await ShouldFail(StorageFault.Content, $"expected {zeros[..32]}", new ExpectedFile(length, Md5: zeros[..32]));
        await ShouldFail(StorageFault.Content, "expected other", new ExpectedFile(length, ETag: "other"));
        await ShouldFail(StorageFault.Content, $"got {length} bytes, expected {length - 1}", new ExpectedFile(length - 1));
        await ShouldFail(StorageFault.Content, $"got {length} bytes, expected {length + 1}", new ExpectedFile(length + 1));
    }

    [Theory]
    [InlineData(9, "4waSgw==", "identity", true)]
    [InlineData(9, "4waSgg==", "identity", false)]
    [InlineData(9, "4waSgg==", "gzip", true)]
    [InlineData(9, "", "identity", true)]
    [InlineData(Length, "AAAAAA==", "identity", false)]
    public async Task The_checksum_that_a_server_states_is_held_to(int length, string crc32C, string stored, bool arrives)
    {
        // 0xE3069283 is the check value of the CRC catalogues.
        var bytes = length == 9 ? "123456789"u8.ToArray() : Put("object", length);
        Server.Objects["object"] = bytes;
        Server.Fault = (_, context) =>
        {
            context.Response.Headers["x-goog-hash"] = new(["md5=XrY7u+Ae7tCTyyK7j1rNww==", $"crc32c={crc32C}"]);
            context.Response.Headers["x-goog-stored-content-encoding"] = stored;
            return Task.FromResult(false);
        };
        if (arrives)
            await ShouldArrive(bytes, await Downloader.DownloadAsync(Store, "object", Target));
        else
            await ShouldFail(StorageFault.Content, "as the server states it");
    }

    [Fact]
    public async Task A_renamed_version_with_the_expected_checksum_is_accepted()
    {
        var bytes = Put("object", Length);
        await ShouldArrive(bytes, await Downloader.DownloadAsync(Store, "object", Target, new ExpectedFile(Length, Hash(bytes), ETag: "other")));
    }

    [Fact]
    public async Task A_version_that_is_renamed_between_two_runs_is_gone_on_with()
    {
        var bytes = Put("object", Length);
        await Interrupt(bytes);
        Server.Naming = () => "renamed-";
        var file = await Downloader.DownloadAsync(Store, "object", Target);
        await ShouldArrive(bytes, file, resumed: true);
    }

    [Fact]
    public async Task Servers_that_each_name_versions_in_their_own_way_are_one_source()
    {
        var bytes = Put("object", Length);
        var turn = 0;
        Server.Naming = () => Interlocked.Increment(ref turn) % 3 == 0 ? "b-" : "a-";
        await ShouldArrive(bytes, await Downloader.DownloadAsync(Store, "object", Target), resumed: false);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_version_of_the_same_length_and_time_is_never_mixed_in(bool locked)
    {
        var bytes = Put("object", Length);
        await Interrupt(bytes);
        // Only what has come already differs: no checksum of the rest could tell.
        var changed = (byte[])bytes.Clone();
        foreach (var piece in Enumerable.Range(0, 8))
            changed.AsSpan(piece * Piece, Piece).Fill(7);
        Server.Objects["object"] = changed;
        await ShouldArrive(changed, await Downloader.DownloadAsync(Store, "object", Target, locked ? new ExpectedFile(Length, Hash(changed)) : null), resumed: false);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_version_of_another_name_and_time_is_believed_only_where_its_checksum_is_known(bool locked)
    {
        var bytes = Put("object", Length);
        await Interrupt(bytes);
        (Server.Naming, Server.Modified) = (() => "renamed-", "Thu, 02 Jan 2025 00:00:00 GMT");
        var file = await Downloader.DownloadAsync(Store, "object", Target, locked ? new ExpectedFile(Length, Hash(bytes), ETag: "as locked") : null);
        await ShouldArrive(bytes, file, resumed: locked);
    }

    [Fact]
    public async Task A_renamed_version_that_is_not_the_expected_one_is_an_error_and_leaves_nothing()
    {
        var bytes = Put("object", Length);
        await Interrupt(bytes);
        Put("object", Length, seed: 1);
        await ShouldFail(StorageFault.Content, $"expected {Hash(bytes)}", new ExpectedFile(Length, Hash(bytes)));
    }

    public static TheoryData<string> Damages => ["empty", "cut", "no JSON", "other address", "other length", "short bitmap", "long bitmap", "no version", "null", "piece size 0", "no partial file", "short partial file"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_piece_map_means_a_new_start(string damage)
    {
        var bytes = Put("object", Length);
        await Interrupt(bytes);
        var path = Target + ".partial.json";
        var map = await File.ReadAllTextAsync(path);
        var done = map[(map.LastIndexOf(':') + 2)..^2];
        await File.WriteAllTextAsync(path, damage switch
        {
            "empty" => "",
            "cut" => map[..(map.Length / 2)],
            "no JSON" => "\0\0\0\0",
            "other address" => map.Replace("/object", "/other", StringComparison.Ordinal),
            "other length" => map.Replace($"{Length}", $"{Length + 1}", StringComparison.Ordinal),
            "short bitmap" => map.Replace(done, done[2..], StringComparison.Ordinal),
            "long bitmap" => map.Replace(done, done + "ff", StringComparison.Ordinal),
            "no version" => map.Replace("\"etag\"", "\"x\"", StringComparison.OrdinalIgnoreCase).Replace("\"modified\"", "\"y\"", StringComparison.Ordinal),
            "null" => "null",
            "piece size 0" => map.Replace($"\"pieceSize\":{Piece}", "\"pieceSize\":0", StringComparison.Ordinal),
            _ => map,
        });
        if (damage == "no partial file")
            File.Delete(Target + ".partial");
        if (damage == "short partial file")
            await File.WriteAllBytesAsync(Target + ".partial", bytes[..^1]);
        await ShouldArrive(bytes, await Downloader.DownloadAsync(Store, "object", Target), resumed: false);
    }

    [Fact]
    public async Task What_a_kill_leaves_on_disk_is_gone_on_with()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The file is locked against copying.");
        // A copy of the files in mid-transfer, the map first, is what a killed process would have left.
        var bytes = Put("object", 60 * Piece);
        var progress = new Sum(40 * Piece, () =>
        {
            // The map is written behind the transfer, at the disk's speed.
            SpinWait.SpinUntil(() => File.Exists(Target + ".partial.json"), TimeSpan.FromMinutes(1));
            foreach (var suffix in new[] { ".partial.json", ".partial" })
                Process.Start("cp", [Target + suffix, Folder["killed"] + suffix]).WaitForExit();
        });
        await Downloader.DownloadAsync(Store, "object", Target, null, progress);
        var file = await Downloader.DownloadAsync(Store, "object", Folder["killed"]);
        file.Should().BeEquivalentTo(new { Sha256 = Hash(bytes), Resumed = true });
        (await File.ReadAllBytesAsync(Folder["killed"])).Should().Equal(bytes);
        file.BytesTransferred.Should().BeLessThan(60 * Piece);
    }

    [Fact]
    public async Task No_right_to_write_is_told_with_the_path()
    {
        Put("object", 1000);
        await File.WriteAllTextAsync(Folder["file"], "");
        var download = async () => await Downloader.DownloadAsync(Store, "object", Folder["file/object"]);
        var error = (await download.Should().ThrowAsync<StorageException>()).Which;
        (error.Fault, error.Place).Should().Be((StorageFault.Machine, Folder["file/object"]));
        Server.Requests.Should().BeEmpty("nothing is asked for that cannot be kept");
    }

    [Fact]
    public async Task A_disk_without_room_is_told_before_the_transfer()
    {
        Put("object", Length);
        using var downloader = new Downloader(Options with { FreeSpace = _ => 5 * Piece });
        var download = async () => await downloader.DownloadAsync(Store, "object", Target);
        (await download.Should().ThrowAsync<StorageException>()).WithMessage($"{Target}: got 0 MiB of free disk space, expected 1 MiB or more. Free some space*")
            .Which.Fault.Should().Be(StorageFault.Machine);
        Server.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task Two_downloads_of_one_file_at_a_time_do_not_mix()
    {
        var bytes = Put("object", Length);
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            try
            {
                await Downloader.DownloadAsync(Store, "object", Target);
                return null;
            }
            catch (StorageException e)
            {
                return e;
            }
        }));
        both.Should().Contain((StorageException?)null).And.OnlyContain(e => e == null || e.Fault == StorageFault.Machine);
        (await File.ReadAllBytesAsync(Target)).Should().Equal(bytes);
    }

    [Fact]
    public async Task A_failure_among_many_keeps_the_files_that_are_whole()
    {
        var items = new List<DownloadItem>();
        for (var i = 0; i < 50; i++)
        {
            if (i != 25)
                Put($"many/{i}", 100);
            items.Add(new DownloadItem(Store, $"many/{i}", Folder[$"many/{i}"]));
        }

        var done = new List<DownloadItem>();
        var all = async () =>
        {
            await foreach (var (item, _) in Downloader.DownloadAllAsync(items))
                done.Add(item);
        };
        (await all.Should().ThrowAsync<StorageException>()).Which.Fault.Should().Be(StorageFault.Absent);
        done.Should().NotBeEmpty().And.OnlyContain(item => File.Exists(item.TargetPath));
        Directory.GetFiles(Folder["many"]).Where(path => !path.EndsWith(".partial", StringComparison.Ordinal)).Should().HaveCount(done.Count);
    }

    private async Task Interrupt(byte[] bytes)
    {
        Server.Objects["object"] = bytes;
        using var stop = new CancellationTokenSource();
        var download = async () => await Downloader.DownloadAsync(Store, "object", Target, null, new Sum(bytes.Length / 2, stop.Cancel), stop.Token);
        await download.Should().ThrowAsync<OperationCanceledException>();
    }

    private async Task ShouldArrive(byte[] bytes, DownloadedFile file, bool? resumed = null)
    {
        (file.Length, file.Sha256).Should().Be((bytes.Length, Hash(bytes)));
        (resumed ?? file.Resumed).Should().Be(file.Resumed);
        (await File.ReadAllBytesAsync(Target)).Should().Equal(bytes);
        Directory.GetFiles(Folder.Path).Should().Equal(Target);
    }

    private async Task ShouldFail(StorageFault fault, string message, ExpectedFile? expected = null, bool leavesPartial = false)
    {
        var download = async () => await Downloader.DownloadAsync(Store, "object", Target, expected);
        var error = (await download.Should().ThrowAsync<StorageException>()).Which;
        error.Fault.Should().Be(fault);
        error.Message.Should().StartWith($"{Server.Address}object: ").And.Contain(message);
        Directory.GetFiles(Folder.Path).Should().HaveCount(leavesPartial ? 2 : 0).And.NotContain(Target);
    }
}
