namespace EmPipeline.Storage;

/// <summary>How often and how patiently a remote store asks again. Time and chance come from outside, so that tests need neither.</summary>
public sealed record RetryOptions
{
    /// <summary>Attempts in all, the first included.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The median wait after the first failure; it doubles from then on, with jitter.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait of our own choosing.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait that a server may ask for (Retry-After); a longer one ends the attempts.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A connection that brings no byte for this long is given up.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Numbers in [0, 1) for the jitter; called from several threads.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <summary>Told, in a sentence, of each attempt that failed and will be repeated; called from several threads.</summary>
    public Action<string>? Notice { get; init; }
}
