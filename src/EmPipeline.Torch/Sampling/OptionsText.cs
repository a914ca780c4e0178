using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>
/// Options as text that is the same wherever they are the same, to be hashed: every public property by name, lists item by item, functions by name and by what
/// they were given. How data comes over a network changes no sample, and is left out.
/// </summary>
internal static class OptionsText
{
    // Options are not as deep as this; what is has its type's name.
    private const int Deepest = 16;

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static string Of(object? value) => Of(value, []);

    /// <param name="within">What leads to it.</param>
    private static string Of(object? value, IReadOnlyList<object> within) => value switch
    {
        null => "null",
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        NdIndex or bool or char => value.ToString()!,
        Delegate function => string.Join(" + ", function.GetInvocationList().Select(one => Function(one, within))),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ when within.Count == Deepest || within.Any(outer => ReferenceEquals(outer, value)) => Name(value.GetType()),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(item => Of(item, [.. within, value])))}]",
        ITuple values => $"({string.Join(", ", Enumerable.Range(0, values.Length).Select(i => Of(values[i], [.. within, value])))})",
        _ when SaysItself(value.GetType()) => value.ToString() ?? "",
        _ => $"{Name(value.GetType())}({string.Join(", ", Properties(value, [.. within, value]))})",
    };

    private static IEnumerable<string> Properties(object value, IReadOnlyList<object> within) => value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanRead && property.GetIndexParameters().Length == 0 && property.PropertyType != typeof(RemoteOptions)).OrderBy(property => property.Name, StringComparer.Ordinal)
        .Select(property => $"{property.Name}={Of(property.GetValue(value), within)}");

    /// <summary>Two functions are one where they have one name and were given the same: what they do is not seen.</summary>
    private static string Function(Delegate function, IReadOnlyList<object> within)
    {
        var name = $"{function.Method.DeclaringType}.{function.Method}";
        if (function.Target is not { } target)
            return name;
        // A lambda's variables are fields of a class that the compiler made.
        return target.GetType().IsDefined(typeof(CompilerGeneratedAttribute))
            ? $"{name}({string.Join(", ", target.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance).OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => $"{field.Name}={Of(field.GetValue(target), [.. within, target])}"))})"
            : $"{name}({Of(target, within)})";
    }

    /// <summary>Whether a type has a text of its own. A record's is made of its properties, in the language of the machine.</summary>
    private static bool SaysItself(Type type) =>
        type.GetMethod(nameof(ToString), Type.EmptyTypes) is { } own && own.DeclaringType != typeof(object) && own.DeclaringType != typeof(ValueType)
        && own.DeclaringType?.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Instance) is null;

    private static string Name(Type type) => type.Namespace?.StartsWith("EmPipeline", StringComparison.Ordinal) == true ? type.Name : type.FullName ?? type.Name;
}
