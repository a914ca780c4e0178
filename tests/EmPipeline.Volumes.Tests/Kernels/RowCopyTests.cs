using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Tests.Kernels;

public sealed class RowCopyTests
{
    [Fact]
    public void Rows_of_every_length_are_copied_and_nothing_beside_them_is_touched()
    {
        var random = new Random(1);
        for (var length = 1; length <= 300; length++)
        {
            var (rows, sourceStep, targetStep) = (random.Next(1, 9), length + random.Next(40), length + random.Next(40));
            var source = new byte[((rows - 1) * sourceStep) + length];
            random.NextBytes(source);
            var (got, expected) = (new byte[((rows - 1) * targetStep) + length], new byte[((rows - 1) * targetStep) + length]);
            RowCopy.Copy(source, sourceStep, got, targetStep, rows, length);
            RowCopy.CopyScalar(source, sourceStep, expected, targetStep, rows, length);
            got.Should().Equal(expected, "rows are {0} bytes long", length);
        }
    }

    [Fact]
    public void A_row_outside_its_span_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RowCopy.Copy(new byte[99], 50, new byte[200], 50, 2, 50));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowCopy.Copy(new byte[200], 50, new byte[99], 50, 2, 50));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowCopy.Copy(new byte[200], -1, new byte[200], 50, 2, 50));
    }
}
