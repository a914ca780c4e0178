using CsCheck;
using EmPipeline.Torch.Transforms;

namespace EmPipeline.Torch.Tests.Transforms;

public class PlaneExchangeTests
{
    [Fact]
    public void Every_element_takes_the_place_that_its_row_and_column_exchanged_say() => Gen.Select(Gen.Int[1, 70], Gen.Int[1, 70], Gen.Int[0, 1000]).Sample((rows, columns, seed) =>
    {
        var bytes = new byte[rows * columns];
        new Random(seed).NextBytes(bytes);
        var numbers = Array.ConvertAll(bytes, value => (long)value << 40);
        var (exchanged, exchangedNumbers) = (new byte[bytes.Length], new long[bytes.Length]);
        PlaneExchange.Copy<byte>(bytes, rows, columns, exchanged);
        PlaneExchange.Copy<long>(numbers, rows, columns, exchangedNumbers);
        for (var i = 0; i < bytes.Length; i++)
        {
            var to = (i % columns * rows) + (i / columns);
            if (exchanged[to] != bytes[i] || exchangedNumbers[to] != numbers[i])
                Assert.Fail($"{rows}×{columns}, {i}: got {exchanged[to]}, {exchangedNumbers[to]}, expected {bytes[i]}, {numbers[i]}");
        }
    }, iter: 500);
}
