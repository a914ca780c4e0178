using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Ledgers;

/// <summary>
/// The files that a ledger answers for, in a file of their own beside it: a JSON object a line, by path (ordinal), so that a million of them
/// are read in bounded memory. The ledger holds this record, by which the list is known to be the one that was written with it.
/// </summary>
/// <param name="Name">The list's file, beside the ledger.</param>
/// <param name="Count">How many files it lists.</param>
/// <param name="Bytes">The sum of their lengths.</param>
/// <param name="Sha256">Of the list's own bytes.</param>
public sealed record FileList(string Name, long Count, long Bytes, string Sha256)
{
    private const int PieceBytes = 1 << 16;

    /// <summary>Writes a list, sorted, whole or not at all.</summary>
    public static async Task<FileList> WriteAsync(string path, IEnumerable<LedgerFile> files, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (count, bytes) = (0L, 0L);
        await AtomicFile.WriteAsync(path, Pieces(), cancellation: cancellation);
        return new FileList(Path.GetFileName(path), count, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));

        IEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            var buffer = new ArrayBufferWriter<byte>(PieceBytes + 1024);
            using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = CanonicalJson.Line.Encoder });
            foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
            {
                (count, bytes) = (count + 1, bytes + file.Length);
                JsonSerializer.Serialize(json, file, CanonicalJson.Line);
                json.Reset();
                buffer.Write("\n"u8);
                if (buffer.WrittenCount < PieceBytes)
                    continue;
                hash.AppendData(buffer.WrittenSpan);
                yield return buffer.WrittenMemory;
                buffer.ResetWrittenCount();
            }

            hash.AppendData(buffer.WrittenSpan);
            yield return buffer.WrittenMemory;
        }
    }

    /// <summary>The listed files, in order, read anew at each enumeration.</summary>
    /// <param name="folder">The ledger's folder.</param>
    /// <exception cref="EmException">The list is gone, or is not the one that the ledger was written with.</exception>
    public IEnumerable<LedgerFile> Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        using var stream = Open(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[PieceBytes];
        for (var filled = 0; ;)
        {
            var read = stream.Read(buffer, filled, buffer.Length - filled);
            hash.AppendData(buffer, filled, read);
            filled += read;
            var start = 0;
            for (var length = EndOfLine(buffer, start, filled); length >= 0; length = EndOfLine(buffer, start, filled))
            {
                yield return Parse(path, buffer.AsSpan(start, length));
                start += length + 1;
            }

            if (read == 0)
            {
                // A torn last line, or lines that are well-formed but other ones.
                if (start < filled || Convert.ToHexStringLower(hash.GetHashAndReset()) != Sha256)
                    throw Damaged(path, null);
                yield break;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Damaged(path, e);
        }
    }

    private static int EndOfLine(byte[] buffer, int start, int end) => buffer.AsSpan(start, end - start).IndexOf((byte)'\n');

    private static LedgerFile Parse(string path, ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<LedgerFile>(line, CanonicalJson.Line) ?? throw Damaged(path, null);
        }
        catch (JsonException e)
        {
            throw Damaged(path, e);
        }
    }

    private static EmException Damaged(string path, Exception? cause) =>
        EmException.Corrupt(path, "got no list of files, or another one than its ledger was written with, expected that one. Run again: the stage that made it makes it anew.", cause);
}
