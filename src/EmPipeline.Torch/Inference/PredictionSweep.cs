using System.Runtime.InteropServices;
using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Inference;

/// <summary>
/// Predicts a volume box by box, best from the first to the last along z and then in the next column: tiles are carried from one box to the
/// next. A box out of this order starts anew, with the tiles before it that reach into it. Tiles that cross from one column into another
/// are predicted in both. The result is the same either way, since batches are always cut from the same tiles. Not safe for concurrent use.
/// </summary>
internal sealed class PredictionSweep : IDisposable
{
    private readonly TileReader _reader;
    private readonly TileModel _model;
    private readonly PredictOptions _options;
    private readonly string _name;
    private readonly TileAxis[] _axes;
    private readonly BlendRing _ring;
    private readonly Tensor[] _inputs;
    private Box _column;
    private long _position = -1;
    private int _layer;
    private long _from;

    /// <param name="name">Of the volume, for messages.</param>
    /// <param name="column">The most that a box covers, y and x.</param>
    public PredictionSweep(TileReader reader, TileModel model, PredictOptions options, string name, TileAxis[] axes, NdIndex column)
    {
        (_reader, _model, _options, _name, _axes) = (reader, model, options, name, axes);
        _ring = new BlendRing((int)axes[0].Length, options.Channels.Count, column[1] * column[2]);
        var (tile, batch) = (options.Tile, options.BatchSize);
        // One is read while the model works on the other.
        _inputs = [TensorPool.Empty([batch, 1, tile[0], tile[1], tile[2]], ScalarType.Float32), TensorPool.Empty([batch, 1, tile[0], tile[1], tile[2]], ScalarType.Float32)];
    }

    /// <summary>How many tiles the model was given.</summary>
    public long Tiles { get; private set; }

    /// <summary>Predicts a box.</summary>
    /// <param name="outputs">What is made of it, each with room for the box.</param>
    /// <exception cref="EmException">The volume cannot be read, or the model failed: nothing of the box counts.</exception>
    public async Task PredictAsync(Box box, IReadOnlyList<(OutputKind Kind, Memory<byte> Target)> outputs, CancellationToken cancellation)
    {
        var column = box with { Origin = new NdIndex(0, box.Origin[1], box.Origin[2]), Shape = new NdIndex(_axes[0].Extent, box.Shape[1], box.Shape[2]) };
        if (column != _column || box.Origin[0] != _position)
            Restart(column, box.Origin[0]);
        // Until it is whole it is nothing to go on from.
        _position = -1;
        var starts = _axes[0].Starts;
        for (var done = box.Origin[0]; done < box.End[0];)
        {
            var final = _layer < starts.Count ? Math.Min(starts[_layer], box.End[0]) : box.End[0];
            if (done < final)
                Emit(box, done, final, outputs);
            else
                await PredictLayerAsync(cancellation);
            done = Math.Max(done, final);
        }

        _position = box.End[0];
    }

    public void Dispose()
    {
        _ring.Dispose();
        foreach (var input in _inputs)
            input.Dispose();
    }

    private void Restart(Box column, long z)
    {
        (_column, _layer, _from) = (column, _axes[0].FirstBeyond(z), z);
        for (var plane = 0; plane < _ring.Depth; plane++)
            _ring.Clear(plane);
    }

    private void Emit(Box box, long from, long end, IReadOnlyList<(OutputKind Kind, Memory<byte> Target)> outputs)
    {
        var voxels = (int)(box.Shape[1] * box.Shape[2]);
        Unwrapped(() => Parallel.For(from, end, z =>
        {
            foreach (var (kind, target) in outputs)
            {
                var bytes = voxels * kind.Type.Size();
                kind.Convert(_ring, z, voxels, target.Span.Slice((int)(z - box.Origin[0]) * bytes, bytes));
            }

            _ring.Clear(z);
        }));
    }

    private async Task PredictLayerAsync(CancellationToken cancellation)
    {
        var batches = Tiles2d().Chunk(_options.BatchSize).ToArray();
        var reading = ReadAsync(batches[0], 0, cancellation);
        try
        {
            for (var i = 0; i < batches.Length; i++)
            {
                await reading;
                if (i + 1 < batches.Length)
                    reading = ReadAsync(batches[i + 1], (i + 1) % 2, cancellation);
                cancellation.ThrowIfCancellationRequested();
                using var input = _inputs[i % 2].narrow(0, 0, batches[i].Length);
                using var output = await _model.PredictAsync(input, $"{_name}, tiles from {Core(batches[i][0])}");
                Add(output, batches[i]);
                Tiles += batches[i].Length;
            }
        }
        finally
        {
            // Its memory must not go before it has ended.
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _layer++;
    }

    /// <summary>The tiles of a layer that have voxels in the column, y before x.</summary>
    private IEnumerable<(int Y, int X)> Tiles2d() =>
        from y in _axes[1].Touching(_column.Origin[1], _column.End[1])
        from x in _axes[2].Touching(_column.Origin[2], _column.End[2])
        select (y, x);

    /// <summary>A tile without its halo.</summary>
    private Box Core((int Y, int X) tile) => new(new NdIndex(_axes[0].Starts[_layer], _axes[1].Starts[tile.Y], _axes[2].Starts[tile.X]), _options.Core);

    private async Task ReadAsync((int Y, int X)[] tiles, int input, CancellationToken cancellation)
    {
        var memory = new TensorMemory(_inputs[input]).Memory;
        var bytes = checked((int)(_options.Tile.Volume * sizeof(float)));
        var boxes = tiles.Select(tile => new Box(Core(tile).Origin - _options.Halo, _options.Tile)).ToArray();
        await Parallel.ForAsync(0, tiles.Length, cancellation, (i, stop) => _reader.ReadAsync(boxes[i], memory.Slice(i * bytes, bytes), stop));
    }

    /// <summary>Adds a batch. Each plane takes its tiles in the same order, whichever thread it falls to.</summary>
    private void Add(Tensor output, (int Y, int X)[] tiles)
    {
        var memory = new TensorMemory(output).Memory;
        var core = _options.Core;
        var start = _axes[0].Starts[_layer];
        var (first, end) = (Math.Max(start, _from), Math.Min(start + core[0], _axes[0].Extent));
        Parallel.For(first, end, z =>
        {
            var values = MemoryMarshal.Cast<byte, float>(memory.Span);
            for (var i = 0; i < tiles.Length; i++)
            {
                for (var channel = 0; channel < _ring.Channels; channel++)
                {
                    var plane = values.Slice(checked((int)(((((i * _ring.Channels) + channel) * core[0]) + z - start) * core[1] * core[2])), (int)(core[1] * core[2]));
                    AddPlane(_ring.Plane(z, channel), plane, _axes[0].Weights(_layer)[(int)(z - start)], tiles[i]);
                }
            }
        });
    }

    private void AddPlane(Span<float> sums, ReadOnlySpan<float> values, float weight, (int Y, int X) tile)
    {
        var (y0, x0) = (_axes[1].Starts[tile.Y], _axes[2].Starts[tile.X]);
        var (left, right) = (Math.Max(x0, _column.Origin[2]), Math.Min(x0 + _options.Core[2], _column.End[2]));
        var width = (int)(right - left);
        var weights = _axes[2].Weights(tile.X).Slice((int)(left - x0), width);
        for (var y = Math.Max(y0, _column.Origin[1]); y < Math.Min(y0 + _options.Core[1], _column.End[1]); y++)
        {
            var to = (int)(((y - _column.Origin[1]) * _column.Shape[2]) + left - _column.Origin[2]);
            var from = (int)(((y - y0) * _options.Core[2]) + left - x0);
            BlendRing.Add(sums.Slice(to, width), weight * _axes[1].Weights(tile.Y)[(int)(y - y0)], weights, values.Slice(from, width));
        }
    }

    private static void Unwrapped(Action action)
    {
        try
        {
            action();
        }
        catch (AggregateException e) when (e.InnerException is EmException inner)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
        }
    }
}
