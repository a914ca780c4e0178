using System.Numerics;
using System.Runtime.InteropServices;
using CsCheck;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Tests.Kernels;

/// <summary>Rows of labels in a wider type hold the same numbers, however they lie in memory and whether or not they are streamed.</summary>
public sealed class LabelWideningTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_number_of_every_type_is_kept(bool streams)
    {
        Check<byte, int>(streams);
        Check<sbyte, int>(streams);
        Check<ushort, int>(streams);
        Check<short, int>(streams);
        Check<byte, long>(streams);
        Check<sbyte, long>(streams);
        Check<ushort, long>(streams);
        Check<short, long>(streams);
        Check<uint, long>(streams);
        Check<int, long>(streams);
        Check<ulong, long>(streams);
        Check<sbyte, short>(streams);
    }

    [Fact]
    public void A_large_fill_sets_all_of_it_and_nothing_beside_it() =>
        Gen.Select(Gen.Int[0, 70], Gen.Int[0, 70], Gen.OneOf(Gen.Const(0), Gen.Const(1 << 20))).Sample((before, more, length) =>
        {
            var bytes = new byte[before + length + more + 40];
            LabelWidening.Fill(bytes.AsSpan(before, length + more), 1);
            return bytes.AsSpan(0, before).IndexOfAnyExcept((byte)0) < 0 && bytes.AsSpan(before, length + more).IndexOfAnyExcept((byte)1) < 0 && bytes.AsSpan(before + length + more).IndexOfAnyExcept((byte)0) < 0;
        }, iter: 60);

    private static void Check<TFrom, TTo>(bool streams)
        where TFrom : unmanaged, IBinaryInteger<TFrom>
        where TTo : unmanaged, IBinaryInteger<TTo> =>
        Gen.Select(Gen.Byte.Array[0, 800], Gen.Int[0, 9]).Sample((bytes, skipped) =>
        {
            var source = MemoryMarshal.Cast<byte, TFrom>(bytes);
            var target = new TTo[skipped + source.Length];
            LabelWidening.Row(source, target.AsSpan(skipped), streams);
            LabelWidening.Finish();
            for (var i = 0; i < source.Length; i++)
            {
                if (target[skipped + i] != TTo.CreateTruncating(source[i]))
                    return false;
            }

            return true;
        }, iter: 200);
}
