using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.V3;

/// <summary>A finished shard's file, as the journal lists it.</summary>
internal readonly record struct StoredShard(ShardState State, long StoredBytes, uint Checksum);

/// <summary>
/// The list of finished shards: a first line with the plan's key, then one line a shard, appended and flushed in batches. A line that a
/// kill cut short is dropped. Not safe for concurrent use.
/// </summary>
internal sealed class ShardJournal : IDisposable
{
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly SafeFileHandle _file;
    private long _length;

    private ShardJournal(SafeFileHandle file, long length) => (_file, _length) = (file, length);

    /// <summary>What the first line says beside the key.</summary>
    public const string CodecMember = "codec";

    /// <summary>The codec and the shards of a journal with this key; null when there is no such journal or it is another plan's.</summary>
    public static (string Codec, Dictionary<(int Level, NdIndex Position), StoredShard> Shards, long Length)? Load(string path, string key)
    {
        if (!File.Exists(path))
            return null;
        var bytes = File.ReadAllBytes(path);
        var shards = new Dictionary<(int, NdIndex), StoredShard>();
        string? codec = null;
        var start = 0;
        while (start < bytes.Length)
        {
            var length = bytes.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0)
                break;
            var line = Encoding.UTF8.GetString(bytes, start, length);
            if (codec is null)
            {
                codec = Codec(line, key);
                if (codec is null)
                    return null;
            }
            else if (BlockRecordJson.Read(line) is { } shard)
            {
                shards[(shard.Level, shard.Position)] = new StoredShard(shard.State, shard.StoredBytes, shard.Checksum);
            }
            else
            {
                // Nothing after a damaged line is believed.
                break;
            }

            start += length + 1;
        }

        return codec is null ? null : (codec, shards, start);
    }

    /// <summary>Starts a journal, replacing any other.</summary>
    public static ShardJournal Create(string path, string key, string codec)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var header = new JsonObject { ["rechunk"] = 1, ["key"] = key, [CodecMember] = codec }.ToJsonString() + "\n";
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(header));
        return Continue(path, Encoding.UTF8.GetByteCount(header));
    }

    /// <summary>Goes on with a journal, dropping what follows its first <paramref name="length"/> bytes.</summary>
    public static ShardJournal Continue(string path, long length)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.SetLength(file, length);
        return new ShardJournal(file, length);
    }

    /// <summary>Appends lines, and returns when they are on the disk.</summary>
    public void Append(IEnumerable<ShardRecord> shards)
    {
        _lines.ResetWrittenCount();
        foreach (var shard in shards)
            BlockRecordJson.Write(_lines, shard);
        RandomAccess.Write(_file, _lines.WrittenSpan, _length);
        Durable.Flush(_file);
        _length += _lines.WrittenCount;
    }

    public void Dispose() => _file.Dispose();

    private static string? Codec(string line, string key)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject json && (string?)json["key"] == key ? (string?)json[CodecMember] : null;
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
