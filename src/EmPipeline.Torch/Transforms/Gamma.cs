using System.Numerics;
using System.Runtime.CompilerServices;

namespace EmPipeline.Torch.Transforms;

/// <summary>Bends grey values between the least and the greatest of them, which stay what they are.</summary>
internal static class Gamma
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(Span<float> values, float gamma)
    {
        var (low, high) = Range(values);
        var range = high - low;
        if (!(range > 0))
            return;
        Span<float> last = stackalloc float[Vector<float>.Count];
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            Bend(values[i..], low, range, gamma);
        last.Clear();
        values[i..].CopyTo(last);
        Bend(last, low, range, gamma);
        last[..(values.Length - i)].CopyTo(values[i..]);
    }

    private static void Bend(Span<float> values, float low, float range, float gamma)
    {
        var part = Vector.Max((new Vector<float>(values) - new Vector<float>(low)) * (1 / range), Vector<float>.Zero);

        // x^g = e^(g ln x); of 0 it is 0.
        var bent = Vector.ConditionalSelect(Vector.GreaterThan(part, Vector<float>.Zero), Vector.Exp(Vector.Log(part) * gamma), Vector<float>.Zero);
        ((bent * range) + new Vector<float>(low)).CopyTo(values);
    }

    private static (float Low, float High) Range(ReadOnlySpan<float> values)
    {
        var (low, high, i) = (new Vector<float>(float.PositiveInfinity), new Vector<float>(float.NegativeInfinity), 0);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            (low, high) = (Vector.Min(low, new Vector<float>(values[i..])), Vector.Max(high, new Vector<float>(values[i..])));
        var (least, most) = (float.PositiveInfinity, float.NegativeInfinity);
        for (var lane = 0; lane < Vector<float>.Count; lane++)
            (least, most) = (Math.Min(least, low[lane]), Math.Max(most, high[lane]));
        for (; i < values.Length; i++)
            (least, most) = (Math.Min(least, values[i]), Math.Max(most, values[i]));
        return (least, most);
    }
}
