using System.Collections;
using System.Text;
using System.Text.Json;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// The shards of a finished journal by level, then z, y, x. In memory is only where each one lies; where a shard is listed twice, the later
/// line counts. Every enumeration reads the file anew.
/// </summary>
internal sealed class JournalShards(string path) : IEnumerable<ShardRecord>
{
    public IEnumerator<ShardRecord> GetEnumerator()
    {
        var lines = Locate();
        lines.Sort();
        using var file = File.OpenHandle(path);
        for (var i = 0; i < lines.Count; i++)
        {
            if (i + 1 == lines.Count || !lines[i].IsSameShard(lines[i + 1]))
                yield return Read(file, lines[i]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private List<Line> Locate()
    {
        var lines = new List<Line>();
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        var bytes = new List<byte>(512);
        long offset = 0, at = 0;
        for (var value = stream.ReadByte(); value >= 0; value = stream.ReadByte())
        {
            at++;
            if (value != '\n')
            {
                bytes.Add((byte)value);
                continue;
            }

            // The first line is the plan's.
            if (offset > 0)
                lines.Add(Parse(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes), offset));
            bytes.Clear();
            offset = at;
        }

        return lines;
    }

    private static Line Parse(ReadOnlySpan<byte> line, long offset)
    {
        var json = new Utf8JsonReader(line);
        Span<int> position = stackalloc int[3];
        var level = 0;
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
                continue;
            if (json.ValueTextEquals("position"u8))
            {
                json.Read();
                for (var axis = 0; axis < position.Length; axis++)
                {
                    json.Read();
                    position[axis] = json.GetInt32();
                }
            }
            else if (json.ValueTextEquals("level"u8))
            {
                json.Read();
                level = json.GetInt32();
                // The position comes before it.
                break;
            }
        }

        return new Line(level, position[0], position[1], position[2], offset, line.Length);
    }

    private ShardRecord Read(SafeFileHandle file, Line line)
    {
        var bytes = new byte[line.Length];
        RandomAccess.Read(file, bytes, line.Offset);
        return BlockRecordJson.Read(Encoding.UTF8.GetString(bytes))
            ?? throw EmException.Corrupt(path, $"got no shard at byte {line.Offset}, expected one. Delete the file to make the volume again.");
    }

    private readonly record struct Line(int Level, int Z, int Y, int X, long Offset, int Length) : IComparable<Line>
    {
        public bool IsSameShard(Line other) => (Level, Z, Y, X) == (other.Level, other.Z, other.Y, other.X);

        public int CompareTo(Line other) => (Level, Z, Y, X, Offset).CompareTo((other.Level, other.Z, other.Y, other.X, other.Offset));
    }
}
