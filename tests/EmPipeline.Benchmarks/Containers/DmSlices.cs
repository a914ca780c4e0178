using System.Buffers.Binary;
using System.Text;

namespace EmPipeline.Benchmarks.Containers;

/// <summary>A DigitalMicrograph 3 file a slice. Slices beyond the planes that there are are further names of the first files.</summary>
internal static class DmSlices
{
    private const byte Group = 20, Data = 21;

    public static Container Write(string folder, Voxels voxels, int slices)
    {
        folder = Directory.CreateDirectory(Path.Combine(folder, $"dm3-{slices}")).FullName;
        var (planes, head, tail) = ((int)voxels.Shape[0], Head(voxels), Tail());
        for (var z = 0; z < slices; z++)
        {
            var path = Name(z);
            if (z >= planes)
            {
                HardLink.Make(Name(z % planes), path);
                continue;
            }

            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 2 << 20);
            file.Write(head);
            file.Write(voxels.Plane(z).Span);
            file.Write(tail);
        }

        return new Container(folder);

        string Name(int z) => Path.Combine(folder, $"slice_{z:d5}.dm3");
    }

    private static byte[] Head(Voxels voxels)
    {
        var bytes = new List<byte>();
        // Version, length (which no reader needs), little-endian data; the root's flags and its one member.
        Add(3, 0, 1);
        Open("", root: true);
        Open("ImageList");
        Open("");
        Open("ImageData", members: 3);
        // 6: uint8.
        Entry("DataType", 3);
        bytes.AddRange([6, 0, 0, 0]);
        Entry("Dimensions", null, members: 2);
        foreach (var extent in (long[])[voxels.Shape[2], voxels.Shape[1]])
        {
            Entry("", 5);
            bytes.AddRange(BitConverter.GetBytes((uint)extent));
        }

        Label(Data, "Data");
        bytes.AddRange("%%%%"u8);
        Add(3, 20, 10, voxels.PlaneBytes);
        return [.. bytes];

        void Add(params int[] values)
        {
            Span<byte> word = stackalloc byte[4];
            foreach (var value in values)
            {
                BinaryPrimitives.WriteInt32BigEndian(word, value);
                bytes.AddRange(word);
            }
        }

        void Open(string name, bool root = false, int members = 1)
        {
            if (!root)
                Label(Group, name);
            bytes.AddRange([1, 0]);
            Add(members);
        }

        void Entry(string name, int? type, int members = 0)
        {
            if (type is null)
            {
                Open(name, members: members);
                return;
            }

            Label(Data, name);
            bytes.AddRange("%%%%"u8);
            Add(1, type.Value);
        }

        void Label(byte kind, string name)
        {
            bytes.AddRange([kind, 0, (byte)name.Length]);
            bytes.AddRange(Encoding.Latin1.GetBytes(name));
        }
    }

    private static byte[] Tail() => new byte[8];
}
