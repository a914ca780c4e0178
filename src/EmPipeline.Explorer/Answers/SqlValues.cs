using System.Globalization;
using System.Text.Json;

namespace EmPipeline.Explorer.Answers;

/// <summary>Values of DuckDB as JSON that a browser reads back exactly: what does not fit its numbers is text.</summary>
internal static class SqlValues
{
    private const long MostExact = 1L << 53;

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
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
