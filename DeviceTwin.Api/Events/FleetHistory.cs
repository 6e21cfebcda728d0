using DeviceTwin.Data;
using DeviceTwin.Data.Fleet;

namespace DeviceTwin.Api.Events;

/// <summary>
/// What fleets counted in the last hour, a sample each minute. It is in memory: a process that starts begins anew. One round costs
/// two statements, however many organizations there are.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="rate">Heartbeats per second.</param>
/// <param name="progress">Notes that rounds begin and end.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Takes failures.</param>
public sealed class FleetHistory(
    TwinStore store,
    HeartbeatRate rate,
    WorkerProgress progress,
    TimeProvider clock,
    ILogger<FleetHistory> logger
) : RepeatedWork("fleet-history", TimeSpan.FromMinutes(1), progress, StoreFault.Outage, clock, logger)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly TimeProvider clock = clock;
    private volatile Dictionary<string, IReadOnlyList<FleetSample>> fleets = new(StringComparer.Ordinal);

    /// <summary>The samples of an organization, the oldest first.</summary>
    /// <param name="organizationId">The organization.</param>
    public IReadOnlyList<FleetSample> Of(string organizationId) => fleets.GetValueOrDefault(organizationId, []);

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var totals = await FleetStatements.CountFleetsAsync(context, cancellationToken);
        var pending = await FleetStatements.CountOpenActionsOfAllAsync(context, cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var next = new Dictionary<string, IReadOnlyList<FleetSample>>(totals.Count, StringComparer.Ordinal);
        foreach (var fleet in totals)
        {
            var sample = new FleetSample(
                now,
                fleet.Total,
                fleet.Online,
                fleet.Offline,
                fleet.InSync,
                fleet.Drifted,
                pending.GetValueOrDefault(fleet.OrganizationId),
                rate.PerSecond(fleet.OrganizationId)
            );
            next.Add(fleet.OrganizationId, [.. Of(fleet.OrganizationId).Where(IsRecent), sample]);
        }

        fleets = next;
        return false;

        bool IsRecent(FleetSample sample) => sample.At > now - Kept;
    }
}

/// <summary>What a fleet counted at an instant.</summary>
/// <param name="At">The instant, by our clock (UTC).</param>
/// <param name="Total">All devices.</param>
/// <param name="Online">Those that were heard.</param>
/// <param name="Offline">Those that were not heard any more.</param>
/// <param name="InSync">Those that were as they should be.</param>
/// <param name="Drifted">Those that were known to differ from what is desired of them.</param>
/// <param name="ActionsPending">Actions that were queued or waited for their answer.</param>
/// <param name="HeartbeatsPerSecond">Heartbeats a second, over the ten seconds before.</param>
public sealed record FleetSample(
    DateTime At,
    int Total,
    int Online,
    int Offline,
    int InSync,
    int Drifted,
    int ActionsPending,
    double HeartbeatsPerSecond
);
