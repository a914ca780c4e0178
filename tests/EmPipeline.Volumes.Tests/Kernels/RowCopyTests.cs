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
    public void Planes_of_rows_are_copied_and_nothing_beside_them_is_touched()
    {
        var random = new Random(2);
        for (var length = 1; length <= 150; length++)
        {
            var (planes, rows, sourceStep, targetStep) = (random.Next(1, 5), random.Next(1, 9), length + random.Next(40), length + random.Next(40));
            var (sourcePlane, targetPlane) = ((rows * sourceStep) + random.Next(100), (rows * targetStep) + random.Next(100));
            var source = new byte[((planes - 1) * sourcePlane) + ((rows - 1) * sourceStep) + length];
            random.NextBytes(source);
            var got = new byte[((planes - 1) * targetPlane) + ((rows - 1) * targetStep) + length];
            var expected = new byte[got.Length];
            RowCopy.CopyPlanes(source, sourcePlane, sourceStep, got, targetPlane, targetStep, planes, rows, length);
            for (var plane = 0; plane < planes; plane++)
                RowCopy.CopyScalar(source.AsSpan(plane * sourcePlane), sourceStep, expected.AsSpan(plane * targetPlane), targetStep, rows, length);
            got.Should().Equal(expected, "rows are {0} bytes long", length);
            Assert.Throws<ArgumentOutOfRangeException>(() => RowCopy.CopyPlanes(source[1..], sourcePlane, sourceStep, got, targetPlane, targetStep, planes, rows, length));
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
