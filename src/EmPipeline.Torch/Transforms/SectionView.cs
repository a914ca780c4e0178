using System.Runtime.CompilerServices;

namespace EmPipeline.Torch.Transforms;

/// <summary>
/// How a stack of sections in memory is seen: which section comes at which z and where in it the view begins, reversed or with y and x
/// exchanged. Flips, quarter turns in the plane, cuts, shifted and repeated sections change only this; the voxels are moved once, when they
/// are written. Not for concurrent use.
/// </summary>
internal sealed class SectionView
{
    private Place[] _places = [];
    private Grid _buffer;
    private bool _flipY;
    private bool _flipX;
    private bool _exchanged;

    /// <summary>A section of the memory, the first voxel of it that is seen, and the part of it that is there to be seen: beyond, all is outside.</summary>
    internal readonly record struct Place(int Section, int Y, int X, int Top, int Left, int Bottom, int Right);

    /// <summary>What is seen.</summary>
    public Grid Shape { get; private set; }

    /// <summary>Whether the memory is seen as it lies.</summary>
    public bool IsPlain { get; private set; }

    // Along the memory's own y and x.
    private int Rows => _exchanged ? Shape.X : Shape.Y;

    private int Columns => _exchanged ? Shape.Y : Shape.X;

    /// <summary>Sees memory of this extent as it lies.</summary>
    public void Reset(Grid buffer)
    {
        (_buffer, Shape, _flipY, _flipX, _exchanged, IsPlain) = (buffer, buffer, false, false, false, true);
        if (_places.Length < buffer.Z)
            _places = new Place[buffer.Z];
        for (var z = 0; z < buffer.Z; z++)
            _places[z] = new Place(z, 0, 0, 0, 0, buffer.Y, buffer.X);
    }

    /// <summary>Sees what <paramref name="other"/> sees.</summary>
    public void CopyFrom(SectionView other)
    {
        (_buffer, Shape, _flipY, _flipX, _exchanged, IsPlain) = (other._buffer, other.Shape, other._flipY, other._flipX, other._exchanged, other.IsPlain);
        if (_places.Length < other._places.Length)
            _places = new Place[other._places.Length];
        other._places.AsSpan(0, Shape.Z).CopyTo(_places);
    }

    public void Flip(int axis)
    {
        IsPlain = false;
        if (axis == 0)
            _places.AsSpan(0, Shape.Z).Reverse();
        else if ((axis == 1) != _exchanged)
            _flipY = !_flipY;
        else
            _flipX = !_flipX;
    }

    /// <summary>Exchanges y and x.</summary>
    public void Exchange()
    {
        IsPlain = false;
        _exchanged = !_exchanged;
        Shape = new Grid(Shape.Z, Shape.X, Shape.Y);
    }

    /// <summary>Takes a margin off both sides of each axis.</summary>
    public void Shrink(Grid margin)
    {
        if (margin == default)
            return;
        IsPlain = false;
        _places.AsSpan(margin.Z, Shape.Z - (2 * margin.Z)).CopyTo(_places);
        Shape -= 2 * margin;
        var (y, x) = _exchanged ? (margin.X, margin.Y) : (margin.Y, margin.X);
        for (var z = 0; z < Shape.Z; z++)
            _places[z] = _places[z] with { Y = _places[z].Y + y, X = _places[z].X + x };
    }

    /// <summary>What was seen at (y + <paramref name="y"/>, x + <paramref name="x"/>) of section <paramref name="z"/> is then seen at (y, x); what was not seen is outside.</summary>
    public void Shift(int z, int y, int x)
    {
        IsPlain = false;
        var (rows, columns) = _exchanged ? (x, y) : (y, x);
        var (section, top, left, limitTop, limitLeft, limitBottom, limitRight) = _places[z];
        _places[z] = new Place(
            section, top + (_flipY ? -rows : rows), left + (_flipX ? -columns : columns),
            Math.Max(top, limitTop), Math.Max(left, limitLeft), Math.Min(top + Rows, limitBottom), Math.Min(left + Columns, limitRight));
    }

    /// <summary>Sees at <paramref name="z"/> what is seen at <paramref name="other"/>.</summary>
    public void Repeat(int z, int other)
    {
        IsPlain = false;
        _places[z] = _places[other];
    }

    /// <summary>Whether all that is seen of a section is there.</summary>
    public bool IsInside(int z) =>
        _places[z] is var place && place.Y >= place.Top && place.X >= place.Left && place.Y + Rows <= place.Bottom && place.X + Columns <= place.Right;

    /// <summary>Whether all that is seen is there.</summary>
    public bool IsAllInside()
    {
        for (var z = 0; z < Shape.Z; z++)
        {
            if (!IsInside(z))
                return false;
        }

        return true;
    }

    /// <summary>The section as it lies in memory, where it is seen so; otherwise empty.</summary>
    public ReadOnlySpan<T> Direct<T>(ReadOnlySpan<T> buffer, int z) =>
        !_flipY && !_flipX && !_exchanged && Columns == _buffer.X && IsInside(z) && _places[z].X == 0
            ? buffer.Slice(_buffer.At(_places[z].Section, _places[z].Y, 0), Shape.Plane)
            : default;

    /// <summary>Copies section <paramref name="z"/> as it is seen; <paramref name="outside"/> where there is no memory.</summary>
    /// <param name="plane">Room for another plane.</param>
    public void Copy<T>(ReadOnlySpan<T> buffer, int z, Span<T> target, T outside, Span<T> plane)
        where T : unmanaged
    {
        if (_exchanged)
        {
            CopyRows(buffer, z, plane[..Shape.Plane], outside);
            PlaneExchange.Copy(plane[..Shape.Plane], Rows, Columns, target);
        }
        else
        {
            CopyRows(buffer, z, target[..Shape.Plane], outside);
        }
    }

    /// <summary>1 where a section's voxels are there, 0 where they are not.</summary>
    /// <param name="plane">Room for another plane.</param>
    public void MarkInside(int z, Span<byte> target, Span<byte> plane)
    {
        var place = _places[z];
        var (rows, columns) = (Rows, Columns);
        var to = (_exchanged ? plane : target)[..Shape.Plane];
        var (first, last) = Seen(place);
        to.Clear();
        for (var row = 0; row < rows; row++)
        {
            var y = place.Y + (_flipY ? rows - 1 - row : row);
            if (y >= place.Top && y < place.Bottom)
                to.Slice((row * columns) + (_flipX ? columns - last : first), last - first).Fill(1);
        }

        if (_exchanged)
            PlaneExchange.Copy<byte>(to, rows, columns, target);
    }

    /// <summary>The columns that are there, before any flip.</summary>
    private (int First, int Last) Seen(Place place)
    {
        var first = Math.Clamp(place.Left - place.X, 0, Columns);
        return (first, Math.Clamp(place.Right - place.X, first, Columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CopyRows<T>(ReadOnlySpan<T> buffer, int z, Span<T> target, T outside)
        where T : unmanaged
    {
        var place = _places[z];
        var (rows, columns) = (Rows, Columns);
        var isInside = IsInside(z);
        var (first, last) = Seen(place);
        for (var row = 0; row < rows; row++)
        {
            var to = target.Slice(row * columns, columns);
            var y = place.Y + (_flipY ? rows - 1 - row : row);
            if (isInside)
            {
                buffer.Slice(_buffer.At(place.Section, y, place.X), columns).CopyTo(to);
            }
            else
            {
                to.Fill(outside);
                if (y < place.Top || y >= place.Bottom || first == last)
                    continue;
                buffer.Slice(_buffer.At(place.Section, y, place.X + first), last - first).CopyTo(to[first..]);
            }

            if (_flipX)
                to.Reverse();
        }
    }
}
