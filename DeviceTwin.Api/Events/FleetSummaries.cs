using DeviceTwin.Data;
using DeviceTwin.Data.Fleet;

namespace DeviceTwin.Api.Events;

/// <summary>Reads the counts of fleets, once or as they change. What is read does not grow with the fleet.</summary>
/// <param name="store">The store.</param>
/// <param name="changes">Tells when counts may have changed.</param>
/// <param name="rate">Heartbeats per second.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Hears when the store is away.</param>
public sealed class FleetSummaries(
    TwinStore store,
    ChangeFeed changes,
    HeartbeatRate rate,
    TimeProvider clock,
    ILogger<FleetSummaries> logger
) : SharedWatches<string, FleetSummary>(changes, TimeSpan.FromSeconds(1), clock, logger)
{
    private readonly TimeProvider clock = clock;

    /// <summary>Reads an organization's counts.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<FleetSummary> GetAsync(string organizationId, CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var models = await FleetStatements.CountModelsAsync(context, organizationId, cancellationToken);
        var unmarked = await FleetStatements.CountUnmarkedAsync(context, organizationId, cancellationToken);
        var pending = await FleetStatements.CountOpenActionsAsync(context, organizationId, cancellationToken);
        var (total, inSync, drifted) = (
            models.Sum(model => model.Total),
            models.Sum(model => model.InSync),
            models.Sum(model => model.Drifted)
        );
        return new FleetSummary(
            organizationId,
            total,
            models.Sum(model => model.Online),
            models.Sum(model => model.Offline),
            models.Sum(model => model.NeverSeen),
            inSync,
            drifted,
            // Marked devices are in neither count.
            Math.Min(total, total - inSync - drifted + unmarked),
            pending,
            models,
            rate.PerSecond(organizationId),
            clock.GetUtcNow().UtcDateTime
        );
    }

    /// <summary>An organization's counts, without end: at once, and then at most once a second when something in them has changed.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public IAsyncEnumerable<FleetSummary> ReadAsync(string organizationId, CancellationToken cancellationToken) =>
        WatchAsync(organizationId, cancellationToken);

    /// <inheritdoc />
    protected override string OrganizationOf(string key) => key;

    /// <inheritdoc />
    protected override Task<FleetSummary> ReadAsync(
        string key,
        FleetSummary? last,
        CancellationToken cancellationToken
    ) => GetAsync(key, cancellationToken);

    /// <summary>The last read counts with the present rate.</summary>
    /// <param name="last">What was read last.</param>
    protected override FleetSummary Meanwhile(FleetSummary last)
    {
        ArgumentNullException.ThrowIfNull(last);
        return last with
        {
            HeartbeatsPerSecond = rate.PerSecond(last.OrganizationId),
            At = clock.GetUtcNow().UtcDateTime,
        };
    }

    /// <inheritdoc />
    protected override bool TellsTheSame(FleetSummary value, FleetSummary last)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.TellsTheSameAs(last);
    }
}
