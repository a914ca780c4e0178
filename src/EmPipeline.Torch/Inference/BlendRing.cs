using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Inference;

/// <summary>
/// Sums of weighted tiles, float32, for as many planes of one column as a tile is deep: those before the next layer of tiles are final, and
/// their memory serves the planes that come. So it takes the same memory however deep the volume. Not safe for concurrent use, but for what it says.
/// </summary>
internal sealed class BlendRing : IDisposable
{
    private readonly NativeBuffer[] _planes;
    private readonly int _channels;
    private readonly int _most;

    /// <param name="depth">Planes, as deep as a tile.</param>
    /// <param name="planeVoxels">The most voxels of a plane of a column.</param>
    public BlendRing(int depth, int channels, long planeVoxels)
    {
        (_channels, _most) = (channels, checked((int)planeVoxels));
        _planes = new NativeBuffer[depth];
        for (var i = 0; i < depth; i++)
            _planes[i] = new NativeBuffer(checked((int)(planeVoxels * channels * sizeof(float))));
    }

    public int Channels => _channels;

    public int Depth => _planes.Length;

    /// <summary>One channel of a plane: the sums of a column's voxels, C order. Valid until the plane is cleared or the ring disposed.</summary>
    public Span<float> Plane(long z, int channel) =>
        MemoryMarshal.Cast<byte, float>(_planes[z % _planes.Length].GetSpan()).Slice(channel * _most, _most);

    /// <summary>Makes room for the plane that is <see cref="Depth"/> further on.</summary>
    public void Clear(long z) => _planes[z % _planes.Length].GetSpan().Clear();

    /// <summary>Adds one row of a tile: sums += (weight · weights) · values.</summary>
    public static void Add(Span<float> sums, float weight, ReadOnlySpan<float> weights, ReadOnlySpan<float> values)
    {
        var width = Vector<float>.Count;
        var each = new Vector<float>(weight);
        var i = 0;
        for (; i <= sums.Length - width; i += width)
            (new Vector<float>(sums[i..]) + (each * new Vector<float>(weights[i..]) * new Vector<float>(values[i..]))).CopyTo(sums[i..]);
        for (; i < sums.Length; i++)
            sums[i] += weight * weights[i] * values[i];
    }

    public void Dispose()
    {
        foreach (IDisposable plane in _planes)
            plane.Dispose();
    }
}
