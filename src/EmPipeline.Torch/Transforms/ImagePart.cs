using System.Runtime.InteropServices;
using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Transforms;

/// <summary>
/// A sample's image and its mask: the voxels as they were read, how they are seen, and a scale and an offset for each section. The voxels are
/// touched once, when they are written, or when a transform needs their values.
/// </summary>
internal sealed class ImagePart
{
    private byte[] _stored = [];
    private byte[] _spareStored = [];
    private float[] _values = [];
    private float[] _spare = [];
    private byte[] _mask = [];
    private byte[] _spareMask = [];
    private byte[] _plane = [];
    private byte[] _secondPlane = [];
    private Section[] _sections = [];
    private Grid _buffer;
    private double _mean;
    private double _deviation;
    private bool _isSettled;
    private bool _isScaled;

    /// <summary>What is written is value × scale + offset.</summary>
    private record struct Section(float Scale, float Offset, bool IsLost);

    public SectionView View { get; } = new();

    /// <summary>Whether the mask is 1 everywhere; its memory is then undefined.</summary>
    public bool IsWhole { get; set; }

    public Memory<byte> Stored => _stored.AsMemory(0, _buffer.Length * Type.Size());

    public Memory<byte> StoredMask => Buffers.Grow(ref _mask, _buffer.Length).AsMemory(0, _buffer.Length);

    /// <summary>Of the stored values.</summary>
    public VoxelType Type { get; private set; }

    /// <summary>What a stored 0 is when normalised.</summary>
    public float Black { get; private set; }

    public void Begin(Grid shape, VoxelType type, double mean, double deviation, float? black = null)
    {
        Black = black ?? (float)(-mean / deviation);
        (_buffer, Type, _mean, _deviation, _isSettled, IsWhole) = (shape, type, mean, deviation, false, false);
        Buffers.Grow(ref _stored, shape.Length * type.Size());
        ResetView();
        foreach (ref var section in Sections)
            section.IsLost = false;
    }

    public void Flip(int axis)
    {
        View.Flip(axis);
        if (axis == 0)
            Sections.Reverse();
    }

    public void Shrink(Grid margin)
    {
        Sections[margin.Z..].CopyTo(_sections);
        View.Shrink(margin);
    }

    public void Scale(int z, float scale, float offset)
    {
        ref var section = ref _sections[z];
        (section.Scale, section.Offset, _isScaled) = (section.Scale * scale, (section.Offset * scale) + offset, true);
    }

    /// <summary>Sees at z what is seen at another section.</summary>
    public void Repeat(int z, int other)
    {
        View.Repeat(z, other);
        (_sections[z].Scale, _sections[z].Offset) = (_sections[other].Scale, _sections[other].Offset);
    }

    /// <summary>The section counts as invalid, whatever it holds.</summary>
    public void Lose(int z) => _sections[z].IsLost = true;

    /// <summary>The values, normalised and where they are seen.</summary>
    public Span<float> Settle()
    {
        var length = View.Shape.Length;
        if (_isSettled && !_isScaled && View.IsPlain)
            return _values.AsSpan(0, length);
        Write(Buffers.Grow(ref _spare, length).AsSpan(0, length));
        SettleMask();
        (_values, _spare, _isSettled, _buffer) = (_spare, _values, true, View.Shape);
        ResetView();
        return _values.AsSpan(0, length);
    }

    /// <summary>Another memory of this extent, to be written and then swapped in by <see cref="Replace"/>.</summary>
    public (float[] Values, byte[] Mask) Spare(Grid shape) => (Buffers.Grow(ref _spare, shape.Length), Buffers.Grow(ref _spareMask, shape.Length));

    /// <summary>Takes what was written to <see cref="Spare"/>; sections that are lost are those from <paramref name="margin"/> on.</summary>
    public void Replace(Grid shape, int margin, bool keepWhole)
    {
        Sections[margin..].CopyTo(_sections);
        (_values, _spare, _mask, _spareMask) = (_spare, _values, _spareMask, _mask);
        (_buffer, _isSettled, IsWhole) = (shape, true, IsWhole && keepWhole);
        ResetView();
    }

    public void ExchangeZY()
    {
        if (IsStored())
            SettleStored();
        else
            Settle();
        for (var z = 0; z < _buffer.Z; z++)
        {
            if (_sections[z].IsLost)
                WritableMask().Slice(z * _buffer.Plane, _buffer.Plane).Clear();
        }

        var to = new Grid(_buffer.Y, _buffer.Z, _buffer.X);
        if (_isSettled)
        {
            RowExchange.Copy(_values, _buffer, Buffers.Grow(ref _spare, to.Length));
            (_values, _spare) = (_spare, _values);
        }
        else
        {
            var size = Type.Size();
            RowExchange.Copy(_stored, _buffer with { X = _buffer.X * size }, Buffers.Grow(ref _spareStored, to.Length * size));
            (_stored, _spareStored) = (_spareStored, _stored);
        }

        if (!IsWhole)
        {
            RowExchange.Copy(_mask, _buffer, Buffers.Grow(ref _spareMask, to.Length));
            (_mask, _spareMask) = (_spareMask, _mask);
        }

        _buffer = to;
        ResetView();
        foreach (ref var section in Sections)
            section.IsLost = false;
    }

    /// <summary>The mask of what <see cref="Settle"/> gave.</summary>
    public Span<byte> WritableMask()
    {
        if (IsWhole)
            StoredMask.Span.Fill(1);
        IsWhole = false;
        return _mask.AsSpan(0, _buffer.Length);
    }

    public void Write(Span<float> target)
    {
        var plane = View.Shape.Plane;
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, View.Shape.Length, nameof(target));
        for (var z = 0; z < View.Shape.Z; z++)
        {
            var to = target.Slice(z * plane, plane);
            WriteValues(z, to);
            if (HasInvalid(z))
                Clear(MemoryMarshal.AsBytes(to), ValidPlane(z), sizeof(float));
        }
    }

    public void WriteStored(Span<byte> target)
    {
        if (_isSettled)
            throw new InvalidOperationException("The values were changed: they have no stored type any more.");
        var size = TensorType.Size(TensorType.Of(Type)) * View.Shape.Plane;
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, View.Shape.Z * size, nameof(target));
        for (var z = 0; z < View.Shape.Z; z++)
        {
            var to = target.Slice(z * size, size);
            if (_sections[z].Scale == 0)
                to.Clear();
            else if (Type is VoxelType.UInt16 or VoxelType.UInt32)
                VoxelConversion.Widen(Type, StoredPlane(z), to);
            else
                StoredPlane(z).CopyTo(to);
            if (HasInvalid(z))
                Clear(to, ValidPlane(z), size / View.Shape.Plane);
        }
    }

    public void WriteMask(Span<byte> target)
    {
        WriteValid(target);
        for (var z = 0; z < View.Shape.Z; z++)
        {
            if (_sections[z].IsLost)
                target.Slice(z * View.Shape.Plane, View.Shape.Plane).Clear();
        }
    }

    private Span<Section> Sections => _sections.AsSpan(0, View.Shape.Z);

    private void ResetView()
    {
        View.Reset(_buffer);
        Buffers.Grow(ref _sections, _buffer.Z);
        foreach (ref var section in Sections)
            (section.Scale, section.Offset) = (1, 0);
        _isScaled = false;
    }

    /// <summary>Whether all that was done can be told by stored values.</summary>
    private bool IsStored()
    {
        if (_isSettled)
            return false;
        foreach (var section in Sections)
        {
            if ((section.Scale, section.Offset) != (1, 0) && (section.Scale, section.Offset) != (0, Black))
                return false;
        }

        return true;
    }

    // As Settle, of stored values.
    private void SettleStored()
    {
        var bytes = View.Shape.Plane * Type.Size();
        var target = Buffers.Grow(ref _spareStored, View.Shape.Z * bytes);
        for (var z = 0; z < View.Shape.Z; z++)
        {
            if (_sections[z].Scale == 0)
                target.AsSpan(z * bytes, bytes).Clear();
            else
                StoredPlane(z).CopyTo(target.AsSpan(z * bytes));
        }

        SettleMask();
        (_stored, _spareStored, _buffer) = (_spareStored, _stored, View.Shape);
        ResetView();
    }

    private void SettleMask()
    {
        if (IsWhole && View.IsAllInside())
            return;
        WriteValid(Buffers.Grow(ref _spareMask, View.Shape.Length).AsSpan(0, View.Shape.Length));
        (_mask, _spareMask, IsWhole) = (_spareMask, _mask, false);
    }

    private bool HasInvalid(int z) => !IsWhole || !View.IsInside(z);

    private void WriteValid(Span<byte> target)
    {
        var plane = View.Shape.Plane;
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, View.Shape.Length, nameof(target));
        for (var z = 0; z < View.Shape.Z; z++)
        {
            var to = target.Slice(z * plane, plane);
            if (HasInvalid(z))
                ValidPlane(z).CopyTo(to);
            else
                to.Fill(1);
        }
    }

    // Good until the next plane.
    private ReadOnlySpan<byte> ValidPlane(int z)
    {
        var plane = View.Shape.Plane;
        var target = Buffers.Grow(ref _plane, plane).AsSpan(0, plane);
        if (IsWhole)
            View.MarkInside(z, target, Buffers.Grow(ref _secondPlane, plane));
        else
            View.Copy(_mask, z, target, (byte)0, Buffers.Grow(ref _secondPlane, plane));
        return target;
    }

    private void WriteValues(int z, Span<float> target)
    {
        var (scale, offset, _) = _sections[z];
        if (scale == 0)
            target.Fill(offset);
        else if (!_isSettled)
            VoxelConversion.Normalise(Type, StoredPlane(z), target, _mean - (offset * _deviation / scale), _deviation / scale);
        else
            Affine.Copy(Plane<float>(MemoryMarshal.AsBytes(_values.AsSpan(0, _buffer.Length)), z), target, scale, offset);
    }

    private ReadOnlySpan<byte> StoredPlane(int z) => Type.Size() switch
    {
        1 => Plane<byte>(_stored, z),
        2 => MemoryMarshal.AsBytes(Plane<ushort>(_stored, z)),
        4 => MemoryMarshal.AsBytes(Plane<uint>(_stored, z)),
        _ => MemoryMarshal.AsBytes(Plane<ulong>(_stored, z)),
    };

    // Good until the next plane.
    private ReadOnlySpan<T> Plane<T>(ReadOnlySpan<byte> bytes, int z)
        where T : unmanaged
    {
        var buffer = MemoryMarshal.Cast<byte, T>(bytes);
        if (View.Direct(buffer, z) is { IsEmpty: false } direct)
            return direct;
        var length = View.Shape.Plane * Marshal.SizeOf<T>();
        var target = MemoryMarshal.Cast<byte, T>(Buffers.Grow(ref _plane, length).AsSpan(0, length));
        View.Copy(buffer, z, target, default, MemoryMarshal.Cast<byte, T>(Buffers.Grow(ref _secondPlane, length).AsSpan(0, length)));
        return target;
    }

    private static void Clear(Span<byte> target, ReadOnlySpan<byte> valid, int size)
    {
        for (var at = 0; valid[at..].IndexOf((byte)0) is var next and >= 0;)
        {
            at += next;
            var length = valid[at..].IndexOfAnyExcept((byte)0) is var end and >= 0 ? end : valid.Length - at;
            target.Slice(at * size, length * size).Clear();
            at += length;
        }
    }
}
