using EmPipeline.Volumes;

namespace EmPipeline.Formats.Hdf5.Chunks;

/// <summary>
/// Numbers the chunks of a dataset as array-like indexes do: in C order of the largest extent that the dataset may grow to, with the axis
/// that may grow without limit taken for the slowest.
/// </summary>
internal sealed class ChunkGrid
{
    // The axis that is counted first; the steps of all axes.
    private readonly UInt128[] _steps;

    /// <param name="largest">The extents that the dataset may grow to; all ones without limit.</param>
    /// <param name="chunk">The chunk's extents.</param>
    public ChunkGrid(ReadOnlySpan<ulong> largest, NdIndex chunk)
    {
        var slowest = largest.LastIndexOf(ulong.MaxValue);
        _steps = new UInt128[largest.Length];
        var step = UInt128.One;
        for (var axis = largest.Length - 1; axis >= 0; axis--)
        {
            if (axis == slowest)
                continue;
            _steps[axis] = step;
            // Far beyond any index the product only has to stay large.
            step = UInt128.Min(step * (((UInt128)largest[axis] + (ulong)chunk[axis] - 1) / (ulong)chunk[axis]), ulong.MaxValue);
        }

        if (slowest >= 0)
            _steps[slowest] = step;
    }

    public UInt128 NumberOf(NdIndex position)
    {
        var number = UInt128.Zero;
        for (var axis = 0; axis < _steps.Length; axis++)
            number += _steps[axis] * (ulong)position[axis];
        return number;
    }
}
