using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Inference;

/// <summary>The user's model, held to what it promises: [b, 1, z, y, x] to [b, channels, z, y, x], all finite. Called on a thread of its own.</summary>
internal sealed class TileModel(Func<Tensor, Tensor> model, PredictOptions options) : IDisposable
{
    private readonly ModelThread _thread = new();

    /// <param name="input">float32 on the CPU. Stays the caller's.</param>
    /// <param name="place">For messages.</param>
    /// <returns>float32 on the CPU, contiguous, without halo; the caller's.</returns>
    /// <exception cref="EmException">The model threw, or gave what it should not.</exception>
    public Task<Tensor> PredictAsync(Tensor input, string place) => _thread.RunAsync(() => Predict(input, place));

    public void Dispose() => _thread.Dispose();

    private Tensor Predict(Tensor input, string place)
    {
        using var withoutGradients = no_grad();
        using var scope = NewDisposeScope();
        Tensor output;
        try
        {
            var given = model(input.to(options.Device));
            output = WithoutHalo(given, input.shape[0], place).to(ScalarType.Float32).cpu().contiguous();
        }
        catch (Exception e) when (e is not EmException and not OperationCanceledException)
        {
            throw new EmException(Fault.Configuration, $"{place}: the model failed: {e.Message} Finished shards are kept.", e);
        }

        if (!output.isfinite().all().item<bool>())
            throw new EmException(Fault.Configuration, $"{place}: got NaN or infinity from the model, expected numbers. Finished shards are kept.");
        // What shares the input's memory would change when that is filled again.
        return (output.bytes.Overlaps(input.bytes) ? output.clone() : output).MoveToOuterDisposeScope();
    }

    private Tensor WithoutHalo(Tensor output, long batch, string place)
    {
        var (tile, core, halo) = (options.Tile, options.Core, options.Halo);
        var shape = output.shape;
        if (shape.Length == 5 && shape[0] == batch && shape[1] == options.Channels.Count)
        {
            if (shape.AsSpan(2).SequenceEqual(tile.ToArray()))
                return output.narrow(2, halo[0], core[0]).narrow(3, halo[1], core[1]).narrow(4, halo[2], core[2]);
            if (shape.AsSpan(2).SequenceEqual(core.ToArray()))
                return output;
        }

        throw new EmException(
            Fault.Configuration,
            $"{place}: got [{string.Join(", ", shape)}] from the model, expected [{batch}, {options.Channels.Count}, {tile[0]}, {tile[1]}, {tile[2]}]{(tile == core ? "" : $" or, without halo, [{batch}, {options.Channels.Count}, {core[0]}, {core[1]}, {core[2]}]")}.");
    }
}
