using System.Globalization;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Train.Segmentation;

/// <summary>
/// Cubic patches of labelled volumes. Each volume is cut in two along its longest labelled axis: three quarters are for training, the rest for
/// validation, and no patch reaches from one into the other. Which patches a step has follows from seed and step alone. Does not own the volumes.
/// </summary>
internal sealed class LabelledPatches
{
    private const int MostValidation = 24;
    private readonly IReadOnlyList<LabelledVolume> _volumes;
    private readonly IReadOnlyList<Box> _training;
    private readonly SegmentationOptions _options;
    private readonly NdIndex _patch;

    public LabelledPatches(IReadOnlyList<LabelledVolume> volumes, SegmentationOptions options)
    {
        (_volumes, _options, _patch) = (volumes, options, NdIndex.Filled(3, options.Patch));
        var parts = volumes.Select(volume => Cut(volume.Region, _patch)).ToList();
        _training = [.. parts.Select(part => part.Training)];
        Validation = [.. Spread([.. parts.SelectMany((part, i) => Cells(part.Validation).Select(box => (Volume: i, Box: box)))])];
        if (Validation.Count == 0)
            throw new EmException(Fault.Configuration, $"patch: got {options.Patch}, expected less: no labelled volume has room for one beside those that are trained on.");
    }

    /// <summary>The patches that are never trained on.</summary>
    public IReadOnlyList<(int Volume, Box Box)> Validation { get; }

    /// <summary>Where each volume is trained on.</summary>
    public IReadOnlyList<Box> Training => _training;

    /// <summary>The patches of a step.</summary>
    public Task<LabelledBatch> TrainingAsync(int step, CancellationToken cancellation) =>
        ReadAsync([.. Enumerable.Range(0, _options.Batch).Select(i => Draw(((long)step * _options.Batch) + i))], cancellation);

    /// <summary>The patches that are validated on, a batch after another.</summary>
    public async IAsyncEnumerable<LabelledBatch> ValidationAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var places in Validation.Chunk(_options.Batch))
            yield return await ReadAsync(places, cancellation);
    }

    /// <summary>Decides, with the network, what a checkpoint is of.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_options.Label}; {string.Join(", ", _volumes.Select((volume, i) => $"{volume.Dataset} {_training[i]}"))}; {_options.Batch} patches of {_options.Patch}³, seed {_options.Seed}");

    private (int Volume, Box Box) Draw(long number)
    {
        var random = SplitMix64.Keyed((ulong)_options.Seed, 0, (ulong)number);
        var volume = (int)random.Below(_volumes.Count);
        var (region, origin) = (_training[volume], NdIndex.Filled(3, 0));
        for (var axis = 0; axis < 3; axis++)
            origin[axis] = region.Origin[axis] + random.Below(Math.Max(0, region.Shape[axis] - _options.Patch) + 1);
        return (volume, new Box(origin, _patch));
    }

    private async Task<LabelledBatch> ReadAsync(IReadOnlyList<(int Volume, Box Box)> places, CancellationToken cancellation)
    {
        var voxels = checked((int)_patch.Volume);
        var (grey, target, mask) = (new float[voxels * places.Count], new float[voxels * places.Count], new float[voxels * places.Count]);
        await Parallel.ForAsync(0, places.Count, cancellation, async (i, stop) =>
        {
            var (from, (volume, box)) = (i * voxels, places[i]);
            await _volumes[volume].ReadAsync(box, grey.AsMemory(from, voxels), target.AsMemory(from, voxels), mask.AsMemory(from, voxels), stop);
        });
        long[] shape = [places.Count, 1, _options.Patch, _options.Patch, _options.Patch];
        return new LabelledBatch(tensor(grey, shape), tensor(target, shape), tensor(mask, shape));
    }

    /// <summary>Three quarters, in whole patches from the far end, and the rest.</summary>
    private static (Box Training, Box Validation) Cut(Box region, NdIndex patch)
    {
        var axis = Enumerable.Range(0, 3).MaxBy(axis => region.Shape[axis]);
        var kept = Math.Max(1, region.Shape[axis] / patch[axis] / 4) * patch[axis];
        var (training, validation) = (region.Shape, region.Shape);
        validation[axis] = Math.Min(kept, region.Shape[axis]);
        training[axis] -= validation[axis];
        var from = region.Origin;
        from[axis] += training[axis];
        // A volume of a single patch is trained on.
        return training[axis] < patch[axis] ? (region, new Box(from, NdIndex.Filled(3, 0))) : (new Box(region.Origin, training), new Box(from, validation));
    }

    private IEnumerable<Box> Cells(Box region) => region.IsEmpty
        ? []
        : Box.Whole(NdIndex.Max(NdIndex.FloorDivide(region.Shape, _patch), NdIndex.Filled(3, 1))).CellsTouched(NdIndex.Filled(3, 1)).Select(cell => new Box(region.Origin + (cell * _patch), _patch));

    private static IEnumerable<(int Volume, Box Box)> Spread(IReadOnlyList<(int Volume, Box Box)> all)
    {
        var count = Math.Min(all.Count, MostValidation);
        return Enumerable.Range(0, count).Select(i => all[i * all.Count / count]);
    }
}
