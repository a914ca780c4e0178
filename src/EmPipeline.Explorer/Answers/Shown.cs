using EmPipeline.Explorer.Catalogue;
using EmPipeline.Explorer.Planes;

namespace EmPipeline.Explorer.Answers;

/// <summary>What all answers are made from.</summary>
internal sealed record Shown(LiveCatalogue Catalogue, OpenArrays Arrays)
{
    /// <summary>The contrast that an image opens with: what its group states, else the range of what its finest level holds.</summary>
    public async Task<ContrastWindow> WindowAsync(Layer image, CancellationToken cancellation)
    {
        if (ContrastWindow.Read(Path.Combine(Catalogue.Data, image.Group)) is { } stated)
            return stated;
        var statistics = await Catalogue.Reader.ReadStatisticsAsync(cancellation);
        return statistics.TryGetValue((image.Dataset, image.Levels[0].Level), out var found) && found.Min < found.Max
            ? new ContrastWindow(found.Min, found.Max, Math.Max(found.Min, found.Mean - (3 * found.StandardDeviation)), Math.Min(found.Max, found.Mean + (3 * found.StandardDeviation)))
            : new ContrastWindow(0, 255, 0, 255);
    }
}
