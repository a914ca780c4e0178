using System.Runtime.ExceptionServices;
using Polly;
using Polly.Retry;

namespace EmPipeline.Storage;

/// <summary>Repeats attempts that fail with a <see cref="TransientException"/>, and says in the end how often and how long it tried.</summary>
internal sealed class Retrier
{
    private readonly RetryOptions _options;
    private readonly ResiliencePipeline _pipeline;

    public Retrier(RetryOptions options)
    {
        _options = options;
        var builder = new ResiliencePipelineBuilder { TimeProvider = options.Time };
        if (options.Attempts > 1)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is TransientException transient && !(transient.RetryAfter > options.MaxRetryAfter)),
                MaxRetryAttempts = options.Attempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Randomizer = options.Random,
                Delay = options.FirstDelay,
                MaxDelay = options.MaxDelay,
                DelayGenerator = arguments => ValueTask.FromResult((arguments.Outcome.Exception as TransientException)?.RetryAfter),
            });
        }

        _pipeline = builder.Build();
    }

    /// <summary>A guard for one attempt, or for reading one body.</summary>
    public StallGuard Guard(CancellationToken cancellation) => new(_options.StallTimeout, _options.Time, cancellation);

    /// <param name="place">The address, for messages.</param>
    /// <param name="attempt">One attempt, from the beginning or from where the last one came to.</param>
    public async ValueTask<T> RunAsync<T>(string place, Func<CancellationToken, ValueTask<T>> attempt, CancellationToken cancellation)
    {
        var attempts = 0;
        var start = _options.Time.GetTimestamp();
        try
        {
            // Nearly always it is the only one, and then costs no more than itself.
            ExceptionDispatchInfo failure;
            try
            {
                return await OnceAsync(cancellation);
            }
            catch (TransientException e) when (attempts < _options.Attempts)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }

            return await _pipeline.ExecuteAsync(
                token =>
                {
                    if (Interlocked.Exchange(ref failure!, null) is { } first)
                        first.Throw();
                    return OnceAsync(token);
                },
                cancellation);
        }
        catch (TransientException e)
        {
            var tried = attempts == 1 ? "in 1 attempt" : FormattableString.Invariant(
                $"after {attempts} attempts in {_options.Time.GetElapsedTime(start).TotalSeconds:0.#} s");
            var wait = e.RetryAfter > _options.MaxRetryAfter ? FormattableString.Invariant($" The server asks to wait {e.RetryAfter.Value.TotalSeconds:0} s.") : "";
            throw new StorageException(place, $"got {e.Message} {tried}.{wait} Check the address and the network, or try again later.", e.InnerException ?? e);
        }

        async ValueTask<T> OnceAsync(CancellationToken token)
        {
            attempts++;
            try
            {
                return await attempt(token);
            }
            catch (TransientException e) when (attempts < _options.Attempts)
            {
                _options.Notice?.Invoke($"{place}: got {e.Message} in attempt {attempts} of {_options.Attempts}.");
                throw;
            }
        }
    }
}
