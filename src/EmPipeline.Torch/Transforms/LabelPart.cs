using System.Runtime.InteropServices;

namespace EmPipeline.Torch.Transforms;

/// <summary>A sample's label volumes and their masks, as they were read and how they are seen.</summary>
internal sealed class LabelPart
{
    private readonly List<Channel> _channels = [];
    private byte[] _bytes = [];
    private long[] _plane = [];
    private Grid _buffer;

    private sealed class Channel
    {
        public byte[] Values = [];
        public byte[] SpareValues = [];
        public byte[] Mask = [];
        public byte[] SpareMask = [];
        public bool IsWhole;
    }

    public SectionView View { get; } = new();

    public int Count { get; private set; }

    public Memory<byte> Stored(int label) => _channels[label].Values.AsMemory(0, _buffer.Length * sizeof(long));

    public Memory<byte> StoredMask(int label) => Buffers.Grow(ref _channels[label].Mask, _buffer.Length).AsMemory(0, _buffer.Length);

    public void SetWhole(int label) => _channels[label].IsWhole = true;

    public void Begin(Grid shape, int count)
    {
        (_buffer, Count) = (shape, count);
        while (_channels.Count < count)
            _channels.Add(new Channel());
        for (var label = 0; label < count; label++)
        {
            Buffers.Grow(ref _channels[label].Values, shape.Length * sizeof(long));
            _channels[label].IsWhole = false;
        }

        View.Reset(shape);
    }

    /// <summary>Moves the ids and masks to where they are seen.</summary>
    public void Settle()
    {
        if (View.IsPlain)
            return;
        for (var label = 0; label < Count; label++)
        {
            Write(label, SpareValues(label, View.Shape));
            WriteMask(label, SpareMask(label, View.Shape));
        }

        Replace(View.Shape, keepWhole: View.IsAllInside());
    }

    public void ExchangeZY()
    {
        Settle();
        var to = new Grid(_buffer.Y, _buffer.Z, _buffer.X);
        for (var label = 0; label < Count; label++)
        {
            RowExchange.Copy(Values(label), _buffer, SpareValues(label, to));
            if (!_channels[label].IsWhole)
                RowExchange.Copy(Mask(label), _buffer, SpareMask(label, to));
        }

        Replace(to, keepWhole: true);
    }

    /// <summary>The ids of what <see cref="Settle"/> left.</summary>
    public Span<long> Values(int label) => MemoryMarshal.Cast<byte, long>(_channels[label].Values.AsSpan())[.._buffer.Length];

    /// <summary>The mask of what <see cref="Settle"/> left; empty where it is 1 everywhere.</summary>
    public ReadOnlySpan<byte> Mask(int label) => _channels[label].IsWhole ? default : _channels[label].Mask.AsSpan(0, _buffer.Length);

    public Span<byte> WritableMask(int label)
    {
        if (_channels[label].IsWhole)
            StoredMask(label).Span.Fill(1);
        _channels[label].IsWhole = false;
        return _channels[label].Mask.AsSpan(0, _buffer.Length);
    }

    /// <summary>Another memory of this extent, to be written and then swapped in by <see cref="Replace"/>.</summary>
    public Span<long> SpareValues(int label, Grid shape) =>
        MemoryMarshal.Cast<byte, long>(Buffers.Grow(ref _channels[label].SpareValues, shape.Length * sizeof(long)).AsSpan())[..shape.Length];

    /// <summary>As <see cref="SpareValues"/>.</summary>
    public Span<byte> SpareMask(int label, Grid shape) => Buffers.Grow(ref _channels[label].SpareMask, shape.Length).AsSpan(0, shape.Length);

    /// <summary>Takes what was written to <see cref="SpareValues"/> and <see cref="SpareMask"/> of every label.</summary>
    public void Replace(Grid shape, bool keepWhole = false)
    {
        foreach (var channel in _channels)
        {
            (channel.Values, channel.SpareValues, channel.Mask, channel.SpareMask) = (channel.SpareValues, channel.Values, channel.SpareMask, channel.Mask);
            channel.IsWhole &= keepWhole;
        }

        _buffer = shape;
        View.Reset(shape);
    }

    public void Write(int label, Span<long> target)
    {
        var plane = View.Shape.Plane;
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, View.Shape.Length, nameof(target));
        var second = Buffers.Grow(ref _plane, plane);
        for (var z = 0; z < View.Shape.Z; z++)
            View.Copy(Values(label), z, target.Slice(z * plane, plane), -1L, second);
    }

    public void WriteMask(int label, Span<byte> target)
    {
        var plane = View.Shape.Plane;
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, View.Shape.Length, nameof(target));
        for (var z = 0; z < View.Shape.Z; z++)
        {
            var to = target.Slice(z * plane, plane);
            if (_channels[label].IsWhole && View.IsInside(z))
            {
                to.Fill(1);
                continue;
            }

            if (_channels[label].IsWhole)
                View.MarkInside(z, to, Buffers.Grow(ref _bytes, plane));
            else
                View.Copy(_channels[label].Mask, z, to, (byte)0, Buffers.Grow(ref _bytes, plane));
        }
    }}
