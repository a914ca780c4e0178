namespace EmPipeline.Catalog.Schema;

/// <summary>The table of the sections' quality.</summary>
internal static class SectionTables
{
    private const string Sampled = "of an even sample of its voxels";

    public static Table<SectionRow> Sections { get; } =
        new Table<SectionRow>("sections", "The quality of each section, a plane across z of the finest level, judged by the ones around it. Null where a section has no finite voxel, or none before it to compare with.") { Key = ["dataset", "axis", "index"] }
        .Text("dataset", "The dataset it belongs to.", row => row.Dataset)
        .Text("axis", "The axis that it lies across.", row => row.Axis)
        .Value("index", "Its place along that axis, in voxels of the finest level.", row => row.Index)
        .OptionalText("flags", "What is wrong with it, parted by commas; null for nothing. missing: nothing but fill value or NaN. blank: nothing, or a tenth more than around, but one value. repeated: the section before once more. dark, bright: against those before and after. step: darker or brighter from here on. blurred, shifted: as the words say. gap: unlike the one before, with nothing else wrong: sections may have been lost between.", row => row.Flags)
        .OptionalValue("mean", "Mean grey value.", row => row.Measured.Mean)
        .OptionalValue("std", $"Standard deviation of the grey values, {Sampled}.", row => row.Measured.StandardDeviation)
        .OptionalValue("p1", $"1st percentile of the grey values, {Sampled}.", row => row.Measured.P1)
        .OptionalValue("p5", $"5th percentile of the grey values, {Sampled}.", row => row.Measured.P5)
        .OptionalValue("p25", $"25th percentile of the grey values, {Sampled}.", row => row.Measured.P25)
        .OptionalValue("p50", $"Median of the grey values, {Sampled}.", row => row.Measured.P50)
        .OptionalValue("p75", $"75th percentile of the grey values, {Sampled}.", row => row.Measured.P75)
        .OptionalValue("p95", $"95th percentile of the grey values, {Sampled}.", row => row.Measured.P95)
        .OptionalValue("p99", $"99th percentile of the grey values, {Sampled}.", row => row.Measured.P99)
        .OptionalValue("blank_share", "Share of voxels in small square patches of one value only, 0 to 1.", row => row.Measured.BlankShare)
        .OptionalValue("saturated_low", $"Share of voxels that have the least value of the volume, {Sampled}, 0 to 1.", row => row.Measured.LowShare)
        .OptionalValue("saturated_high", $"Share of voxels that have the largest value of the volume, {Sampled}, 0 to 1.", row => row.Measured.HighShare)
        .OptionalValue("sharpness", "Gradient energy: the mean square of what neighbours differ by, in the section averaged two by two, in grey values squared.", row => row.Measured.Sharpness)
        .OptionalValue("correlation", "Pearson's correlation with the section before, of the means of small square patches.", row => row.Measured.Correlation)
        .OptionalValue("shift_y", "How far its content lies from that of the section before, along y, by phase correlation, in voxels.", row => row.Measured.ShiftY)
        .OptionalValue("shift_x", "How far its content lies from that of the section before, along x, by phase correlation, in voxels.", row => row.Measured.ShiftX);
}
