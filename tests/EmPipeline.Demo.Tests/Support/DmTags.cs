using System.Buffers.Binary;
using System.Text;

namespace EmPipeline.Demo.Tests.Support;

/// <summary>
/// A DM3 tag tree flattened to paths ("ImageList.1.ImageData.DataType"); list elements by number. Knows what the replicas use, and
/// checks that the tree ends where the header says.
/// </summary>
internal sealed class DmTags
{
    private readonly byte[] _file;
    private int _at = 12;

    public DmTags(string path)
    {
        _file = File.ReadAllBytes(path);
        Word(0).Should().Be(3);
        Word(4).Should().Be(_file.Length - 16);
        Word(8).Should().Be(1, "data are little-endian");
        Group("");
        _file[_at..].Should().Equal(new byte[8]);
    }

    public Dictionary<string, object> Values { get; } = [];

    /// <summary>Where an array's bytes begin in the file.</summary>
    public Dictionary<string, int> Offsets { get; } = [];

    private int Word(int at) => BinaryPrimitives.ReadInt32BigEndian(_file.AsSpan(at));

    private int NextWord()
    {
        _at += 4;
        return Word(_at - 4);
    }

    private void Group(string path)
    {
        _file[_at].Should().BeLessThan(2);
        _at += 2;
        var count = NextWord();
        for (var i = 0; i < count; i++)
        {
            var kind = _file[_at];
            var length = BinaryPrimitives.ReadUInt16BigEndian(_file.AsSpan(_at + 1));
            var name = Encoding.Latin1.GetString(_file, _at + 3, length);
            _at += 3 + length;
            var full = path + (path.Length > 0 ? "." : "") + (length == 0 ? $"{i}" : name);
            if (kind == 20)
                Group(full);
            else
                Data(full);
        }
    }

    private void Data(string path)
    {
        Encoding.ASCII.GetString(_file, _at, 4).Should().Be("%%%%");
        _at += 4;
        var info = new int[NextWord()];
        for (var i = 0; i < info.Length; i++)
            info[i] = NextWord();
        Offsets[path] = _at;
        Values[path] = info switch
        {
            [3] => BitConverter.ToInt32(Take(4)),
            [6] => BitConverter.ToSingle(Take(4)),
            [7] => BitConverter.ToDouble(Take(8)),
            [8] => Take(1)[0] != 0,
            [20, 4, var n] => Encoding.Unicode.GetString(Take(2 * n)),
            [20, 3, var n] => Take(4 * n),
            [20, 10, var n] => Take(n),
            [15, 0, 2, 0, 3, 0, 3] => Take(8),
            [20, 15, 0, 3, 0, 2, 0, 2, 0, 2, var n] => Take(6 * n),
            _ => throw new InvalidDataException($"{path}: {string.Join(' ', info)}"),
        };
    }

    private byte[] Take(int count)
    {
        _at += count;
        return _file[(_at - count).._at];
    }
}
