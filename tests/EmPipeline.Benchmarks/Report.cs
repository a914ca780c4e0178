using System.Globalization;

namespace EmPipeline.Benchmarks;

/// <summary>The rows of a table as they are measured: figure, bar, and whether it is met.</summary>
internal sealed class Report
{
    private readonly List<string> _lines = [];

    private int _met;
    private int _absent;

    public int Missed { get; private set; }

    public void Heading(string text) => Table(text, "measure", "figure", "bar", "");

    public void Table(string text, params string[] columns) => Say(
        $"\n## {text}\n\n| {string.Join(" | ", columns)} |\n|{string.Concat(Enumerable.Repeat("---|", columns.Length))}");

    /// <summary>A row whose figure must be at least, or at most, the bar.</summary>
    public void Row(string measure, string figure, string bar, bool met)
    {
        (Missed, _met) = met ? (Missed, _met + 1) : (Missed + 1, _met);
        Say($"| {measure} | {figure} | {bar} | {(met ? "met" : "MISSED")} |");
    }

    /// <summary>A row whose peer is not on this machine: never counted as met.</summary>
    public void Absent(string measure, string figure, string bar, string peer)
    {
        _absent++;
        Say($"| {measure} | {figure} | {bar} | absent: {peer} |");
    }

    public void Close() => Say($"\n{_met} met, {Missed} missed, {_absent} absent");

    public void Note(string text) => Say(text);

    public void Save(string path) => File.WriteAllLines(path, _lines);

    public static string Percent(double value) => value.ToString("0 %", CultureInfo.InvariantCulture);

    private void Say(string line)
    {
        _lines.Add(line);
        Console.WriteLine(line);
    }
}
