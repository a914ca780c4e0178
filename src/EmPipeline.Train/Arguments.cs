using System.Globalization;
using EmPipeline.Volumes;

namespace EmPipeline.Train;

/// <summary>What the command lines have in common: names and values in turn.</summary>
internal static class Arguments
{
    /// <exception cref="EmException">The last name has no value.</exception>
    public static IEnumerable<(string Name, string Value)> Pairs(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i += 2)
            yield return i + 1 < arguments.Count ? (arguments[i], arguments[i + 1]) : throw Wrong(arguments[i], "nothing", "a value");
    }

    public static int Number(string name, string value, int least) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw Wrong(name, $"'{value}'", $"a whole number of at least {least}");

    public static EmException Wrong(string name, string got, string expected) => new(Fault.Configuration, $"{name}: got {got}, expected {expected}.");
}
