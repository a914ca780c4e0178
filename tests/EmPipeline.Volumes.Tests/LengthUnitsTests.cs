namespace EmPipeline.Volumes.Tests;

public sealed class LengthUnitsTests
{
    [Theory]
    [InlineData("nm", 1.0)]
    [InlineData(" nanometers ", 1.0)]
    [InlineData("NANOMETER", 1.0)]
    [InlineData("\u00B5m", 1e3)]
    [InlineData("\u03BCm", 1e3)]
    [InlineData("MICROMETER", 1e3)]
    [InlineData("Microns", 1e3)]
    [InlineData("micrometres", 1e3)]
    [InlineData("\u00C5", 0.1)]
    [InlineData("A\u030A", 0.1)]
    [InlineData("\u212B", 0.1)]
    [InlineData("\u00C5ngstr\u00F6m", 0.1)]
    [InlineData("ANGSTROM", 0.1)]
    [InlineData("pm", 1e-3)]
    [InlineData("centimeters", 1e7)]
    [InlineData("inch", 25.4e6)]
    [InlineData("Inches", 25.4e6)]
    [InlineData("metre", 1e9)]
    public void A_unit_of_length_in_any_spelling_is_known(string unit, double nanometres) => LengthUnits.ToNanometres(unit).Should().Be(nanometres);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("NM")]
    [InlineData("Mm")]
    [InlineData("PM")]
    [InlineData("1/nm")]
    [InlineData("eV")]
    [InlineData("pixel")]
    [InlineData("pixels")]
    public void What_is_no_unit_of_length_is_none(string? unit) => LengthUnits.ToNanometres(unit).Should().BeNull();

    [Fact]
    public void A_length_is_as_exact_as_it_was_written()
    {
        LengthUnits.ToNanometres(114, "Å").Should().Be(11.4);
        LengthUnits.ToNanometres(8.5, "µm").Should().Be(8500);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_length_that_is_none_is_unknown(double length) => LengthUnits.ToNanometres(length, "nm").Should().BeNull();
}
