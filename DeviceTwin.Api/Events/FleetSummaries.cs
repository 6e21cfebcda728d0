using System.Runtime.CompilerServices;
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
)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, FleetWatch> watches = new(StringComparer.Ordinal);

    /// <summary>How many listen now.</summary>
    public int Listeners
    {
        get
        {
            lock (gate)
            {
                return watches.Values.Sum(watch => watch.Listeners);
            }
        }
    }

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

    /// <summary>The last read counts with the present rate; reads nothing.</summary>
    /// <param name="last">What was read last.</param>
    internal FleetSummary WithPresentRate(FleetSummary last) =>
        last with
        {
            HeartbeatsPerSecond = rate.PerSecond(last.OrganizationId),
            At = clock.GetUtcNow().UtcDateTime,
        };

    /// <summary>
    /// An organization's counts, without end: at once, and then at most once a second when something in them has changed. Those
    /// who listen to the same organization share what is read; a slow one gets the newest. While the store is away nothing comes.
    /// </summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<FleetSummary> ReadAsync(
        string organizationId,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var watch = Enter(organizationId);
        try
        {
            FleetSummary? told = null;
            while (true)
            {
                var next = watch.Next;
                if (watch.Newest is { } newest && !ReferenceEquals(newest, told))
                {
                    told = newest;
                    yield return newest;
                }

                await next.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Leave(organizationId, watch);
        }
    }

    private FleetWatch Enter(string organizationId)
    {
        lock (gate)
        {
            if (!watches.TryGetValue(organizationId, out var watch))
            {
                watch = new FleetWatch(organizationId, this, changes, clock, logger);
                watches.Add(organizationId, watch);
            }

            watch.Listeners++;
            return watch;
        }
    }

    private void Leave(string organizationId, FleetWatch watch)
    {
        lock (gate)
        {
            if (--watch.Listeners == 0)
            {
                watches.Remove(organizationId);
                watch.Dispose();
            }
        }
    }
}
