using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using EmPipeline.Storage;

namespace EmPipeline.Torch.Sampling;

/// <summary>Options as text that is the same wherever they are the same, to be hashed: every public property by name, lists item by item. How data comes over a network changes no sample, and is left out.</summary>
internal static class OptionsText
{
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        Delegate function => function.Method.Name,
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Of))}]",
        ITuple values => $"({string.Join(", ", Enumerable.Range(0, values.Length).Select(i => Of(values[i])))})",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        Transform => Named(value),
        _ when value.GetType().IsPrimitive || value.GetType().Namespace?.StartsWith("EmPipeline.Torch", StringComparison.Ordinal) != true => value.ToString() ?? "",
        _ => Named(value),
    };

    private static string Named(object value) => $"{value.GetType().Name}({string.Join(", ", Properties(value))})";

    private static IEnumerable<string> Properties(object value) => value.GetType().GetProperties()
        .Where(property => property.GetIndexParameters().Length == 0 && property.PropertyType != typeof(RemoteOptions)).OrderBy(property => property.Name, StringComparer.Ordinal)
        .Select(property => $"{property.Name}={Of(property.GetValue(value))}");
}
