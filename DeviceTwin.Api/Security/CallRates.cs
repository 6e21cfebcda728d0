using System.Threading.RateLimiting;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Security;

/// <summary>How often an address and a caller may come: a bucket of tokens each, refilled evenly.</summary>
public sealed class CallRates : IDisposable
{
    /// <summary>The value of <c>extensions.code</c> when a rate is exceeded.</summary>
    public const string Code = "RATE_LIMITED";

    private readonly PartitionedRateLimiter<CallSource> both;

    /// <summary>Starts with full buckets.</summary>
    /// <param name="settings">The rates.</param>
    public CallRates(Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var http = settings.Http;
        ByAddress = PartitionedRateLimiter.Create<CallSource, string>(source =>
            Bucket(source.Address, http.RateOfAddress, http.RatePeriod)
        );
        ByCaller = PartitionedRateLimiter.Create<CallSource, string>(source =>
            Bucket(source.Caller ?? "", source.Caller is null ? 0 : http.RateOfCaller, http.RatePeriod)
        );
        both = PartitionedRateLimiter.CreateChained(ByAddress, ByCaller);
    }

    /// <summary>By address: stands before authentication, so that guessing tokens is bounded, too.</summary>
    internal PartitionedRateLimiter<CallSource> ByAddress { get; }

    /// <summary>By caller; those without a name are held by their address alone.</summary>
    internal PartitionedRateLimiter<CallSource> ByCaller { get; }

    /// <summary>Counts one more operation within a request: an entry of a batch, an operation on a WebSocket.</summary>
    /// <param name="source">Where it comes from.</param>
    /// <returns>Null if it may run; else how long to wait.</returns>
    public TimeSpan? Refuse(CallSource source)
    {
        using var lease = both.AttemptAcquire(source);
        return lease.IsAcquired ? null : WaitOf(lease);
    }

    /// <summary>What a caller is told.</summary>
    /// <param name="wait">How long to wait.</param>
    public static string Explain(TimeSpan wait) =>
        $"Too many requests: wait {Seconds(wait)} s (service.rate.address, service.rate.caller).";

    /// <summary>How long to wait, as a whole number of seconds: the value of <c>Retry-After</c>.</summary>
    /// <param name="wait">How long to wait.</param>
    public static int Seconds(TimeSpan wait) => (int)Math.Ceiling(Math.Max(wait.TotalSeconds, 1));

    /// <summary>How long a refused one has to wait.</summary>
    /// <param name="lease">The refusal.</param>
    internal static TimeSpan WaitOf(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.Zero;

    /// <inheritdoc />
    public void Dispose()
    {
        both.Dispose();
        ByAddress.Dispose();
        ByCaller.Dispose();
    }

    private static RateLimitPartition<string> Bucket(string key, int tokens, TimeSpan period) =>
        tokens == 0
            ? RateLimitPartition.GetNoLimiter(key)
            : RateLimitPartition.GetTokenBucketLimiter(
                key,
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = tokens,
                    TokensPerPeriod = 1,
                    ReplenishmentPeriod = period / tokens,
                    QueueLimit = 0,
                }
            );
}
