using System.Diagnostics.Metrics;

namespace EmPipeline.Storage;

/// <summary>The built-in figures of this library, for whoever listens: see docs/training.md. Cost nothing while nobody does.</summary>
internal static class StorageMeter
{
    public const string Name = "EmPipeline.Storage";

    private static readonly Meter Meter = new(Name);

    /// <summary>Reads of local files and requests over a network.</summary>
    public static Counter<long> Reads { get; } = Meter.CreateCounter<long>("empipeline.storage.reads", "{read}", "Reads of local files, and requests over a network");

    public static Counter<long> Bytes { get; } = Meter.CreateCounter<long>("empipeline.storage.read.bytes", "By", "Bytes that these reads brought");

    public static Counter<long> CachedBytes { get; } = Meter.CreateCounter<long>("empipeline.storage.cached.bytes", "By", "Bytes of a network's objects that were had from memory or disk without a request");
}
