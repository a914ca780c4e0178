using System.Globalization;
using EmPipeline.Torch.Sampling;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Sampling;

/// <summary>What a state is held to: the same text for the same options wherever they are made, another one for others.</summary>
public sealed class OptionsTextTests
{
    [Fact]
    public void Two_functions_of_one_name_are_two() => OptionsText.Of(new Stepped { Step = First.Double }).Should().NotBe(OptionsText.Of(new Stepped { Step = Second.Double }));

    [Fact]
    public void What_a_function_was_given_counts()
    {
        OptionsText.Of(Times(2)).Should().Be(OptionsText.Of(Times(2))).And.NotBe(OptionsText.Of(Times(3)));

        static Stepped Times(double factor) => new() { Step = value => value * factor };
    }

    [Fact]
    public void Settings_of_one_s_own_types_count_and_are_the_same_in_every_language()
    {
        var options = new BlockOptions { Transforms = [new Stepped { Range = new Range(0.5, 1.5), Table = new Table { Rows = [1.25] } }] };
        var text = OptionsText.Of(options);
        text.Should().NotBe(OptionsText.Of(new BlockOptions { Transforms = [new Stepped { Range = new Range(0.5, 1.5), Table = new Table { Rows = [1.5] } }] }));
        text.Should().NotBe(OptionsText.Of(new BlockOptions { Transforms = [new Stepped { Range = new Range(0.5, 2), Table = new Table { Rows = [1.25] } }] }));
        var before = CultureInfo.CurrentCulture;
        try
        {
            var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            german.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = german;
            OptionsText.Of(options).Should().Be(text);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void What_leads_back_to_itself_ends()
    {
        var ring = new Ring();
        ring.Next = ring;
        OptionsText.Of(new Stepped { Anything = ring }).Should().Contain(nameof(Ring));
    }

    private static class First
    {
        public static double Double(double value) => 2 * value;
    }

    private static class Second
    {
        public static double Double(double value) => value + value;
    }

    private sealed record Range(double Low, double High);

    private sealed class Table
    {
        public IReadOnlyList<double> Rows { get; init; } = [];
    }

    private sealed class Ring
    {
        public Ring? Next { get; set; }
    }

    private sealed record Stepped : Transform
    {
        public Func<double, double>? Step { get; init; }

        public Range? Range { get; init; }

        public Table? Table { get; init; }

        public object? Anything { get; init; }

        public override void Apply(Sample sample, ref SplitMix64 random)
        {
        }
    }
}
