using EmPipeline.Torch.Targets;

namespace EmPipeline.Torch;

/// <summary>1 where the id is one of <see cref="Values"/>, 0 where it is not. Certain where annotated. uint8.</summary>
public sealed record Binary : Target
{
    public Binary() : base("binary")
    {
    }

    /// <summary>Ids, 64 bits of each as stored. Empty, as it is unless set: every id but the background, 0.</summary>
    public IReadOnlyList<long> Values { get; init; } = [];

    private protected override void Make<T>(LabelIds ids, Span<byte> values, Span<byte> mask)
    {
        var chosen = Chosen(ids.Ids);
        var numbers = ids.Numbers<T>();
        var (shape, margin, wanted) = (ids.Shape, ids.Margin, ids.Wanted);
        for (var z = 0; z < wanted.Z; z++)
        {
            for (var y = 0; y < wanted.Y; y++)
            {
                var row = numbers.Slice(shape.At(z + margin.Z, y + margin.Y, margin.X), wanted.X);
                var to = wanted.At(z, y, 0);
                var value = values.Slice(to, row.Length);
                var certain = mask.Slice(to, row.Length);
                for (var x = 0; x < row.Length; x++)
                {
                    // Unknown has a number, but no id.
                    var isKnown = row[x] != T.MaxValue;
                    value[x] = isKnown ? chosen[int.CreateTruncating(row[x])] : (byte)0;
                    certain[x] = isKnown ? (byte)1 : (byte)0;
                }
            }
        }
    }

    private byte[] Chosen(ReadOnlySpan<long> ids)
    {
        var values = Values.ToHashSet();
        var chosen = new byte[ids.Length];
        for (var number = 0; number < ids.Length; number++)
            chosen[number] = (values.Count == 0 ? ids[number] != 0 : values.Contains(ids[number])) ? (byte)1 : (byte)0;
        return chosen;
    }
}
