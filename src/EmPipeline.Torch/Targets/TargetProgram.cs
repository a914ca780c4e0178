using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Targets;

/// <summary>The targets of a sample and the halo that they need together. Immutable and safe for concurrent use.</summary>
internal sealed class TargetProgram
{
    // Further than any sample that fits memory.
    private static readonly NdIndex Most = NdIndex.Filled(3, 1 << 20);

    // The label volume of each.
    private readonly int[] _labels;

    /// <param name="labels">The names of the sample's label volumes.</param>
    /// <exception cref="EmException">A target cannot be made of them: <see cref="Fault.Configuration"/>.</exception>
    public TargetProgram(IReadOnlyList<Target> targets, IReadOnlyList<string> labels, VoxelSize voxelSize)
    {
        Targets = targets;
        Halo = NdIndex.Filled(3, 0);
        _labels = [.. targets.Select(target => Label(target, labels))];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var target in targets)
        {
            if (!names.Add(target.Name) || !names.Add($"{target.Name}_mask"))
                throw new EmException(Fault.Configuration, $"Targets: got two of the name '{target.Name}', expected one. Set Name.");
            var halo = target.Halo(voxelSize);
            if (NdIndex.Max(halo, Most) != Most)
                throw new EmException(Fault.Configuration, $"Targets: got '{target.Name}', which needs {halo} voxels around a sample, expected {Most} at most. Have it look less far.");
            Halo = NdIndex.Max(Halo, halo);
        }
    }

    public IReadOnlyList<Target> Targets { get; }

    /// <summary>Voxels a side, z, y, x.</summary>
    public NdIndex Halo { get; }

    /// <summary>Looks at a sample's labels once for all targets; they are then made one by one, before the sample changes.</summary>
    /// <param name="margin">What the sample still has around what is wanted, at least <see cref="Halo"/>: <see cref="SampleProgram.TargetHalo"/>.</param>
    public void Begin(Sample sample, Grid margin)
    {
        for (var label = 0; label < sample.LabelCount; label++)
        {
            if (_labels.Contains(label))
                sample.Ids(label, margin);
        }
    }

    /// <summary>Makes target number <paramref name="target"/>: C order channels, z, y, x, without the margin.</summary>
    /// <param name="values">uint8, or float32 where the target is such.</param>
    /// <param name="mask">uint8, one a value.</param>
    public void Make(Sample sample, int target, Span<byte> values, Span<byte> mask) => Targets[target].Make(sample.Ids(_labels[target]), values, mask);

    private static int Label(Target target, IReadOnlyList<string> labels)
    {
        for (var i = 0; i < labels.Count; i++)
        {
            if (target.Label is null || target.Label == labels[i])
                return i;
        }

        throw new EmException(
            Fault.Configuration, $"Targets: got label {target.Label ?? "none"} for '{target.Name}', expected one of Labels: {(labels.Count == 0 ? "none is chosen" : string.Join(", ", labels))}.");
    }
}
