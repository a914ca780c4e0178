using System.Runtime.InteropServices;

namespace EmPipeline.Torch.Items;

/// <summary>Where one item is written.</summary>
internal readonly struct ItemSlot(ItemLayout layout, Memory<byte>[] memory, int position)
{
    /// <summary>The image, <see cref="ItemLayout.Data"/>.</summary>
    public Memory<byte> Data => Of(ItemLayout.Data);

    /// <summary>One label volume.</summary>
    public Memory<byte> Labels(int label) => Part(layout.Labels, label, layout.LabelCount);

    /// <summary>A mask; see <see cref="ItemLayout.Mask"/> for the channels.</summary>
    public Memory<byte> Mask(int channel) => Part(layout.Mask, channel, layout.MaskCount);

    /// <summary>The whole of a field.</summary>
    public Memory<byte> Of(int field)
    {
        var bytes = layout.Fields[field].Bytes;
        return memory[field].Slice(position * bytes, bytes);
    }

    /// <summary>A field as numbers.</summary>
    public Span<T> Numbers<T>(int field)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Of(field).Span);

    private Memory<byte> Part(int field, int part, int parts)
    {
        var all = Of(field);
        var bytes = all.Length / parts;
        return all.Slice(part * bytes, bytes);
    }
}
