using System.Buffers;

namespace EmPipeline.Volumes;

/// <summary>
/// A three-dimensional z, y, x view of an array of any rank: axes of size 1 are dropped or added, one position is chosen on every other
/// axis, and axes stored in another order are transposed. Owns the reader it views.
/// </summary>
public sealed class ZyxView : IVolumeReader
{
    private readonly IVolumeReader _source;
    private readonly NdIndex _fixed;

    // For each source axis the axis of the view (0 z, 1 y, 2 x), or -1 where the position is fixed.
    private readonly int[] _viewAxis;
    private readonly bool _transposed;

    private ZyxView(IVolumeReader source, NdIndex fixedPosition, int[] viewAxis)
    {
        (_source, _fixed, _viewAxis) = (source, fixedPosition, viewAxis);
        var order = viewAxis.Where(axis => axis >= 0).ToArray();
        _transposed = order.Zip(order.Skip(1)).Any(pair => pair.First > pair.Second);
        var (shape, grain, advice) = (NdIndex.Filled(3, 1), NdIndex.Filled(3, 1), NdIndex.Filled(3, 1));
        for (var axis = 0; axis < viewAxis.Length; axis++)
        {
            if (viewAxis[axis] < 0)
                continue;
            shape[viewAxis[axis]] = source.Info.Shape[axis];
            grain[viewAxis[axis]] = source.Info.Grain[axis];
            advice[viewAxis[axis]] = source.Info.Advice[axis];
        }

        Info = source.Info with { Shape = shape, Grain = grain, Advice = advice, Axes = "zyx" };
    }

    public VolumeInfo Info { get; }

    /// <summary>Views <paramref name="source"/> as z, y, x.</summary>
    /// <param name="select">The position on each axis that is not z, y or x ("c" → 0). An axis of size 1 need not be named.</param>
    /// <exception cref="EmException">An axis longer than 1 is neither z, y, x nor selected, or a selected position does not exist.</exception>
    public static IVolumeReader Of(IVolumeReader source, IReadOnlyDictionary<char, long>? select = null)
    {
        var info = source.Info;
        if (info.Axes == "zyx")
            return source;
        var position = NdIndex.Filled(info.Shape.Rank, 0);
        var viewAxis = new int[info.Shape.Rank];
        for (var axis = 0; axis < info.Shape.Rank; axis++)
        {
            var name = info.Axes[axis];
            viewAxis[axis] = "zyx".IndexOf(name, StringComparison.Ordinal);
            if (viewAxis[axis] >= 0)
                continue;
            if (select is not null && select.TryGetValue(name, out var chosen))
            {
                if (chosen < 0 || chosen >= info.Shape[axis])
                    throw new EmException(Fault.Configuration, $"select.{name}: got {chosen}, expected 0 to {info.Shape[axis] - 1}.");
                position[axis] = chosen;
            }
            else if (info.Shape[axis] != 1)
            {
                throw EmException.Unsupported(
                    info.Name.Length == 0 ? info.Format : info.Name,
                    $"an array with axes {info.Axes} and shape {info.Shape} as a volume without 'select: {{ {name}: POSITION }}' in the configuration");
            }
        }

        return new ZyxView(source, position, viewAxis);
    }

    public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        VolumeReaderArguments.Check(Info, box, buffer.Length);
        var sourceBox = InSource(box);
        if (!_transposed)
        {
            await _source.ReadAsync(sourceBox, buffer, cancellation);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            await _source.ReadAsync(sourceBox, rented.AsMemory(0, buffer.Length), cancellation);
            Transpose(rented.AsSpan(0, buffer.Length), sourceBox.Shape, buffer.Span, box.Shape);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>A box of the view in the axes of what it views.</summary>
    public Box InSource(Box box)
    {
        var (origin, shape) = (_fixed, NdIndex.Filled(_fixed.Rank, 1));
        for (var axis = 0; axis < _viewAxis.Length; axis++)
        {
            if (_viewAxis[axis] < 0)
                continue;
            origin[axis] = box.Origin[_viewAxis[axis]];
            shape[axis] = box.Shape[_viewAxis[axis]];
        }

        return new Box(origin, shape);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private void Transpose(ReadOnlySpan<byte> source, NdIndex sourceShape, Span<byte> target, NdIndex targetShape)
    {
        var size = Info.Type.Size();
        // The source stride of each axis of the view.
        Span<long> strides = stackalloc long[3];
        var stride = (long)size;
        for (var axis = sourceShape.Rank - 1; axis >= 0; axis--)
        {
            if (_viewAxis[axis] >= 0)
                strides[_viewAxis[axis]] = stride;
            stride *= sourceShape[axis];
        }

        var to = 0;
        for (var z = 0L; z < targetShape[0]; z++)
        {
            for (var y = 0L; y < targetShape[1]; y++)
            {
                var from = (z * strides[0]) + (y * strides[1]);
                for (var x = 0L; x < targetShape[2]; x++, from += strides[2], to += size)
                    source.Slice((int)from, size).CopyTo(target[to..]);
            }
        }
    }
}
