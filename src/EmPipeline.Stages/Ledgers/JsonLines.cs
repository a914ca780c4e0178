using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Ledgers;

/// <summary>
/// Rows in a file of their own beside the ledger that names it, a JSON object a line, so that a million of them are read in bounded memory. The
/// SHA-256 of the file, which the ledger keeps, tells it from any other.
/// </summary>
internal static class JsonLines
{
    private const int PieceBytes = 1 << 16;

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <returns>Its length and SHA-256.</returns>
    public static async Task<(long Length, string Sha256)> WriteAsync<T>(string path, IAsyncEnumerable<T> rows, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        await AtomicFile.WriteAsync(path, Pieces(cancellation), cancellation: cancellation);
        return (length, Convert.ToHexStringLower(hash.GetHashAndReset()));

        async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces([EnumeratorCancellation] CancellationToken token)
        {
            var buffer = new ArrayBufferWriter<byte>(PieceBytes + 1024);
            await using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = CanonicalJson.Line.Encoder });
            await foreach (var row in rows.WithCancellation(token))
            {
                JsonSerializer.Serialize(json, row, CanonicalJson.Line);
                json.Reset();
                buffer.Write("\n"u8);
                if (buffer.WrittenCount < PieceBytes)
                    continue;
                yield return Piece();
                buffer.ResetWrittenCount();
            }

            yield return Piece();

            ReadOnlyMemory<byte> Piece()
            {
                hash.AppendData(buffer.WrittenSpan);
                length += buffer.WrittenCount;
                return buffer.WrittenMemory;
            }
        }
    }

    /// <summary>The rows, in the file's order, read anew at each enumeration.</summary>
    /// <exception cref="EmException">The file is gone, or is another one.</exception>
    public static IEnumerable<T> Read<T>(string path, string sha256)
    {
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
                yield return Parse<T>(path, buffer.AsSpan(start, length));
                start += length + 1;
            }

            if (read == 0)
            {
                // A torn last line, or lines that are well-formed but other ones.
                if (start < filled || Convert.ToHexStringLower(hash.GetHashAndReset()) != sha256)
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

    private static T Parse<T>(string path, ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, CanonicalJson.Line) ?? throw Damaged(path, null);
        }
        catch (JsonException e)
        {
            throw Damaged(path, e);
        }
    }

    private static EmException Damaged(string path, Exception? cause) =>
        EmException.Corrupt(path, "got no list, or another one than its ledger was written with, expected that one. Run again: the stage that made it makes it anew.", cause);
}
