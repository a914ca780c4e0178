using System.Numerics;

namespace EmPipeline.Torch.Transforms;

/// <summary>value × scale + offset.</summary>
internal static class Affine
{
    public static void Copy(ReadOnlySpan<float> source, Span<float> target, float scale, float offset)
    {
        if (scale == 1 && offset == 0)
        {
            source.CopyTo(target);
            return;
        }

        var i = 0;
        var (scales, offsets) = (new Vector<float>(scale), new Vector<float>(offset));
        for (; i <= source.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.FusedMultiplyAdd(new Vector<float>(source[i..]), scales, offsets).CopyTo(target[i..]);
        for (; i < source.Length; i++)
            target[i] = MathF.FusedMultiplyAdd(source[i], scale, offset);
    }
}
