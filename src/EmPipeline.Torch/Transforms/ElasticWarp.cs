using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmPipeline.Torch.Transforms;

/// <summary>Deforms samples: what <see cref="ElasticField"/> says is done to image, labels and masks.</summary>
internal static class ElasticWarp
{
    // What is invalid has no part in a valid voxel.
    private const float Whole = 0.9999f;

    public static void Apply(Sample sample, ElasticField field)
    {
        var (image, labels, shape) = (sample.ImagePart, sample.LabelPart, field.Shape);
        var values = image.Settle();
        var isWhole = image.IsWhole;
        var valid = isWhole ? default : image.WritableMask();
        var (newValues, newValid) = image.Spare(shape);
        labels.Settle();
        for (var z = 0; z < shape.Z; z++)
        {
            field.Plane(z);
            for (var y = 0; y < shape.Y; y++)
            {
                field.Row(y);
                var at = shape.At(z, y, 0);
                Between(field, values, newValues.AsSpan(at, shape.X));
                if (!isWhole)
                    BetweenValid(field, valid, newValid.AsSpan(at, shape.X));
                for (var label = 0; label < labels.Count; label++)
                {
                    Gather(field.Nearest, labels.Values(label), labels.SpareValues(label, shape).Slice(at, shape.X));
                    if (labels.Mask(label) is { IsEmpty: false } known)
                        Gather(field.Nearest, known, labels.SpareMask(label, shape).Slice(at, shape.X));
                }
            }
        }

        image.Replace(shape, (image.View.Shape.Z - shape.Z) / 2, isWhole);
        labels.Replace(shape, keepWhole: true);
    }

    // The halo holds whatever is displaced: no number is beyond the memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Between(ElasticField field, ReadOnlySpan<float> source, Span<float> target)
    {
        ref var from = ref MemoryMarshal.GetReference(source);
        var (z, y, x) = field.Strides;
        var (first, partZ, partY, partX) = (field.First, field.Part[0], field.Part[1], field.Part[2]);
        for (var i = 0; i < target.Length; i++)
        {
            ref var at = ref Unsafe.Add(ref from, first[i]);
            var part = partX[i];
            var a = Part(at, Unsafe.Add(ref at, x), part);
            var b = Part(Unsafe.Add(ref at, y), Unsafe.Add(ref at, y + x), part);
            var c = Part(Unsafe.Add(ref at, z), Unsafe.Add(ref at, z + x), part);
            var d = Part(Unsafe.Add(ref at, z + y), Unsafe.Add(ref at, z + y + x), part);
            target[i] = Part(Part(a, b, partY[i]), Part(c, d, partY[i]), partZ[i]);
        }
    }

    private static void BetweenValid(ElasticField field, ReadOnlySpan<byte> source, Span<byte> target)
    {
        var (z, y, x) = field.Strides;
        for (var i = 0; i < target.Length; i++)
        {
            var (at, part) = (field.First[i], field.Part[2][i]);
            var near = Part(Part(source[at], source[at + x], part), Part(source[at + y], source[at + y + x], part), field.Part[1][i]);
            var far = Part(Part(source[at + z], source[at + z + x], part), Part(source[at + z + y], source[at + z + y + x], part), field.Part[1][i]);
            target[i] = Part(near, far, field.Part[0][i]) >= Whole ? (byte)1 : (byte)0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather<T>(int[] numbers, ReadOnlySpan<T> source, Span<T> target)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] = source[numbers[i]];
    }

    private static float Part(float a, float b, float part) => a + ((b - a) * part);
}
