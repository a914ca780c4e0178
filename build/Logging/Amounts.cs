using System.Globalization;

namespace EmPipeline.Build.Logging;

/// <summary>Numbers as people read them, decimal units.</summary>
internal static class Amounts
{
    public static string Bytes(double bytes)
    {
        string[] names = ["B", "kB", "MB", "GB", "TB"];
        var unit = 0;
        for (; bytes >= 1000 && unit < names.Length - 1; unit++)
            bytes /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {names[unit]}");
    }

    public static string Rate(double bytesPerSecond) => Bytes(bytesPerSecond) + "/s";
}
