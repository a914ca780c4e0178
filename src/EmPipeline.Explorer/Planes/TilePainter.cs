using System.Buffers;
using EmPipeline.Explorer.Catalogue;
using EmPipeline.Volumes;
using SkiaSharp;

namespace EmPipeline.Explorer.Planes;

/// <summary>Tiles from the pyramid. Safe for concurrent use.</summary>
internal sealed class TilePainter(OpenArrays arrays)
{
    // More at once would only take each other's time, and the last would wait longest.
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);

    /// <summary>A JPEG or PNG of an image's tile; the caller disposes it.</summary>
    /// <exception cref="EmException">The voxels cannot be read.</exception>
    public Task<SKData> ImageAsync(LayerLevel level, string version, TileAddress tile, Box box, (double Low, double High) window, bool exact, CancellationToken cancellation) =>
        PaintAsync(level, version, tile, box, (voxels, width, height) =>
        {
            var pixels = ArrayPool<byte>.Shared.Rent(width * height);
            try
            {
                var used = pixels.AsSpan(0, width * height);
                GreyPixels.Fill(level.Type, voxels, used, window.Low, window.High);
                return exact ? Pictures.Png(used, width, height) : Pictures.Jpeg(used, width, height);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(pixels);
            }
        }, cancellation);

    /// <summary>A PNG of a label's tile, transparent where there is background; the caller disposes it.</summary>
    /// <exception cref="EmException">The voxels cannot be read.</exception>
    public Task<SKData> LabelAsync(LayerLevel level, string version, TileAddress tile, Box box, IReadOnlySet<ulong> unknown, CancellationToken cancellation) =>
        PaintAsync(level, version, tile, box, (voxels, width, height) =>
        {
            var pixels = ArrayPool<uint>.Shared.Rent(width * height);
            try
            {
                var used = pixels.AsSpan(0, width * height);
                LabelPixels.Fill(level.Type, voxels, used, unknown);
                return Pictures.Png(used, width, height);
            }
            finally
            {
                ArrayPool<uint>.Shared.Return(pixels);
            }
        }, cancellation);

    private async Task<SKData> PaintAsync(LayerLevel level, string version, TileAddress tile, Box box, Paint paint, CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation);
        var length = checked((int)(box.Volume * level.Type.Size()));
        var voxels = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await arrays.ReadAsync(level, version, box, voxels.AsMemory(0, length), cancellation);
            return paint(voxels.AsSpan(0, length), (int)box.Shape[tile.ColumnAxis], (int)box.Shape[tile.RowAxis]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(voxels);
            _turns.Release();
        }
    }

    private delegate SKData Paint(ReadOnlySpan<byte> voxels, int width, int height);
}
