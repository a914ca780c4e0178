using System.Globalization;
using System.Text.Json.Nodes;

namespace EmPipeline.Stages.Configuration;

/// <summary>What an object store charges: the configuration's <c>prices</c>. What it does not name costs nothing.</summary>
/// <param name="Currency">A word for messages.</param>
/// <param name="Put">For 1,000 requests that put something.</param>
/// <param name="Get">For 1,000 requests that get something.</param>
/// <param name="Kept">For a GB (10⁹ bytes) kept for a month.</param>
/// <param name="Fetched">For a GB fetched.</param>
public sealed record PriceTable(string Currency, double Put, double Get, double Kept, double Fetched)
{
    /// <summary>What these puts cost, and what it costs to keep the bytes: "0.01 USD to send, 0.10 USD a month to keep".</summary>
    public string OfPublishing(long puts, long bytes) => $"{Money(PutsCost(puts))} to send, {Money(KeepingCost(bytes))} a month to keep";

    /// <summary>What these requests and bytes cost: "0.42 USD".</summary>
    public string OfDownloading(long requests, long bytes) => Money((requests / 1e3 * Get) + (bytes / 1e9 * Fetched));

    public double PutsCost(long puts) => puts / 1e3 * Put;

    public double KeepingCost(long bytes) => bytes / 1e9 * Kept;

    /// <summary>"1,234 USD", "0.42 USD".</summary>
    public string Money(double amount) => $"{amount.ToString(amount < 100 ? "n2" : "n0", CultureInfo.InvariantCulture)} {Currency}";

    /// <param name="node">The key <c>prices</c>; null: none.</param>
    internal static PriceTable? Of(JsonNode? node) => node is JsonObject keys
        ? new PriceTable((string?)keys["currency"] ?? "USD", Number(keys, "put"), Number(keys, "get"), Number(keys, "kept"), Number(keys, "fetched"))
        : null;

    private static double Number(JsonObject keys, string name) => (double?)keys[name] ?? 0;
}
