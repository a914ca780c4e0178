using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Inference;

/// <summary>What is made of a blended plane. Immutable and safe for concurrent use.</summary>
/// <param name="Path">The volume's folder below the dataset's group.</param>
/// <param name="Rule">Its name in the record.</param>
/// <param name="ClassNames">What values stand for; empty for probabilities.</param>
internal abstract record OutputKind(string Path, string Rule, VoxelType Type, IReadOnlyDictionary<int, string> ClassNames)
{
    public bool IsLabel => ClassNames.Count > 0;

    /// <param name="z">The plane.</param>
    /// <param name="target">Receives its <paramref name="voxels"/> voxels.</param>
    public abstract void Convert(BlendRing ring, long z, int voxels, Span<byte> target);

    /// <summary>All that the options ask for.</summary>
    public static IReadOnlyList<OutputKind> Of(PredictOptions options)
    {
        var kinds = new List<OutputKind>();
        for (var channel = 0; channel < options.Channels.Count; channel++)
        {
            var name = options.Channels[channel];
            if (options.Probabilities == ProbabilityStorage.UInt8)
                kinds.Add(new Quantised($"predictions/{name}", channel));
            else if (options.Probabilities == ProbabilityStorage.Float32)
                kinds.Add(new Raw($"predictions/{name}", channel));
            if (options.Labels == LabelRule.Threshold)
                kinds.Add(new Thresholded($"labels/prediction/{name}", channel, name, (float)options.Threshold));
        }

        if (options.Labels == LabelRule.ArgMax)
            kinds.Add(new Largest($"labels/prediction/{options.Name}", options.Channels));
        return kinds;
    }

    private sealed record Raw(string Path, int Channel) : OutputKind(Path, $"channel {Channel}", VoxelType.Float32, new Dictionary<int, string>())
    {
        public override void Convert(BlendRing ring, long z, int voxels, Span<byte> target) => ring.Plane(z, Channel)[..voxels].CopyTo(MemoryMarshal.Cast<byte, float>(target));
    }

    private sealed record Quantised(string Path, int Channel) : OutputKind(Path, $"channel {Channel} · 255", VoxelType.UInt8, new Dictionary<int, string>())
    {
        private const float Rounding = 1e-3f;

        public override void Convert(BlendRing ring, long z, int voxels, Span<byte> target)
        {
            var sums = ring.Plane(z, Channel)[..voxels];
            for (var i = 0; i < voxels; i++)
            {
                if (sums[i] is < -Rounding or > 1 + Rounding)
                    throw new EmException(Fault.Configuration, $"model: got {sums[i]} in channel {Channel}, expected 0 to 1. Let it end with a sigmoid or softmax, or keep ProbabilityStorage.Float32.");
                target[i] = (byte)((Math.Clamp(sums[i], 0, 1) * 255) + 0.5f);
            }
        }
    }

    private sealed record Thresholded(string Path, int Channel, string Name, float Threshold)
        : OutputKind(Path, FormattableString.Invariant($"channel {Channel} >= {Threshold}"), VoxelType.UInt8, new Dictionary<int, string> { [1] = Name })
    {
        public override void Convert(BlendRing ring, long z, int voxels, Span<byte> target)
        {
            var sums = ring.Plane(z, Channel)[..voxels];
            for (var i = 0; i < voxels; i++)
                target[i] = sums[i] >= Threshold ? (byte)1 : (byte)0;
        }
    }

    private sealed record Largest(string Path, IReadOnlyList<string> Channels)
        : OutputKind(Path, "largest channel", VoxelType.UInt8, Enumerable.Range(1, Channels.Count - 1).ToDictionary(i => i, i => Channels[i]))
    {
        public override void Convert(BlendRing ring, long z, int voxels, Span<byte> target)
        {
            target[..voxels].Clear();
            for (var channel = 1; channel < Channels.Count; channel++)
            {
                var sums = ring.Plane(z, channel)[..voxels];
                for (var i = 0; i < voxels; i++)
                {
                    if (sums[i] > ring.Plane(z, target[i])[i])
                        target[i] = (byte)channel;
                }
            }
        }
    }
}
