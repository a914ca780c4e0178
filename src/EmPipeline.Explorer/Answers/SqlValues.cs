using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace EmPipeline.Explorer.Answers;

/// <summary>Values of DuckDB as JSON that a browser reads back exactly: what does not fit its numbers is text.</summary>
internal static class SqlValues
{
    private const long MostExact = 1L << 53;
    private const int MostText = 10_000;

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<object?> row)
    {
        writer.WriteStartArray();
        foreach (var value in row)
            Write(writer, value);
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case sbyte or byte or short or ushort or int or uint:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case long number when number is < MostExact and > -MostExact:
                writer.WriteNumberValue(number);
                break;
            case ulong number when number < MostExact:
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteStringValue(Cut(Text(value)));
                break;
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        string text => text,
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        Stream stream => $"({stream.Length} bytes)",
        byte[] bytes => $"({bytes.Length} bytes)",
        IDictionary map => "{" + string.Join(", ", map.Keys.Cast<object?>().Select(key => $"{Text(key)}: {Text(map[key!])}")) + "}",
        IEnumerable list => "[" + string.Join(", ", list.Cast<object?>().Select(Text)) + "]",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Cut(string text) => text.Length <= MostText ? text : $"{text[..MostText]}… ({text.Length} letters)";
}
