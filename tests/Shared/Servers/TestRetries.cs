using EmPipeline.Storage;

namespace EmPipeline.Tests.Servers;

/// <summary>Store options whose waiting costs no time.</summary>
internal static class TestRetries
{
    public static RetryOptions Of(SkippingTime? time = null, int attempts = 6) =>
        new() { Attempts = attempts, StallTimeout = SkippingTime.Stall, Time = time ?? new SkippingTime(), Random = () => 0.5 };

    public static HttpStoreOptions Http(SkippingTime? time = null, int attempts = 6) => new() { Retry = Of(time, attempts) };

    public static S3StoreOptions S3(Uri endpoint, SkippingTime? time = null, int attempts = 6) => new() { ServiceUrl = endpoint, Retry = Of(time, attempts) };
}
