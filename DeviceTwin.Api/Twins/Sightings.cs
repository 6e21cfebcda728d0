using DeviceTwin.Data;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Twins;

/// <summary>Takes in batches of sightings: moves instants, sees devices come online, asks devices that are not known who they are.</summary>
/// <param name="store">The store.</param>
/// <param name="questions">Asks devices.</param>
/// <param name="enrollments">Notes devices that are not known.</param>
/// <param name="heartbeats">Publishes heartbeats once they are committed.</param>
/// <param name="counters">Counts heartbeats.</param>
/// <param name="faults">Makes heartbeats fail in tests.</param>
/// <param name="clock">Our clock.</param>
public sealed class Sightings(
    TwinStore store,
    Questions questions,
    Enrolling enrollments,
    IHeartbeatPublisher heartbeats,
    ServiceCounters counters,
    FaultPoints faults,
    TimeProvider clock
)
{
    /// <inheritdoc cref="IIntake.StoreUsualAsync" />
    public async Task<IReadOnlyList<int>> StoreUsualAsync(
        IReadOnlyList<Sighting> batch,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(batch);
        await using var context = await store.OpenAsync(cancellationToken);
        if (!context.IsPostgres)
        {
            return [];
        }

        var places = Enumerable.Range(0, batch.Count).Where(place => IsHeartbeat(batch[place])).ToList();
        places.ForEach(place => faults.Reach(WorkerNames.Heartbeats, batch[place].DeviceId));
        var candidates = places.ConvertAll(place => Usual(batch[place]));
        var usual = await UsualHeartbeats.StoreAsync(context, candidates, cancellationToken);
        Tell(
            usual.ConvertAll(index =>
            {
                var stored = candidates[index];
                return new StoredHeartbeat(stored.OrganizationId, stored.DeviceId, stored.HeartbeatAt, stored.SeenAt);
            })
        );
        return usual.ConvertAll(index => places[index]);
    }

    /// <inheritdoc cref="IIntake.StoreAsync(IReadOnlyList{Sighting}, CancellationToken)" />
    public async Task<IReadOnlyList<SightingOutcome>> StoreAsync(
        IReadOnlyList<Sighting> batch,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(batch);
        var now = clock.GetUtcNow().UtcDateTime;
        var stored = await store.WriteAsync(
            (context, token) => StoreAsync(context, batch, now, token),
            cancellationToken
        );
        Tell(stored.Heartbeats);
        return stored.Outcomes;
    }

    private static bool IsHeartbeat(in Sighting sighting) =>
        sighting is { OrganizationId: not null, HeartbeatAt: not null };

    private static UsualHeartbeat Usual(in Sighting heard) =>
        new(
            heard.DeviceId,
            heard.OrganizationId!,
            heard.HeartbeatToStore!.Value,
            heard.SeenAt,
            heard.SnapListHash,
            heard.InstalledSnapsHash
        );

    private void Tell(List<StoredHeartbeat> moved)
    {
        counters.CountHeartbeats(moved.Count);
        heartbeats.Publish(moved);
    }

    private async Task<Stored> StoreAsync(
        TwinDbContext context,
        IReadOnlyList<Sighting> batch,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        var deviceIds = batch.Select(sighting => sighting.DeviceId).ToArray();
        var twins = (await HeartbeatStatements.LockAsync(context, deviceIds, cancellationToken)).ToDictionary(
            twin => twin.DeviceId,
            StringComparer.Ordinal
        );

        var outcomes = new SightingOutcome[batch.Count];
        var rows = new List<DeviceHeartbeat>(batch.Count);
        var moved = new List<StoredHeartbeat>(batch.Count);
        var cameOnline = new Dictionary<long, Connectivity>();
        var newHashes = new List<Sighting>();
        var missing = new List<int>();
        for (var index = 0; index < batch.Count; index++)
        {
            var sighting = batch[index];
            faults.Reach(WorkerNames.Heartbeats, sighting.DeviceId);
            if (!twins.TryGetValue(sighting.DeviceId, out var twin))
            {
                missing.Add(index);
                continue;
            }

            outcomes[index] = Judge(twin, sighting);
            if (outcomes[index] != SightingOutcome.Stored)
            {
                continue;
            }

            var heartbeatAt = sighting.HeartbeatToStore;
            if (heartbeatAt is { } at && (twin.HeartbeatAt is null || at > twin.HeartbeatAt))
            {
                moved.Add(new StoredHeartbeat(twin.OrganizationId, twin.DeviceId, at, sighting.SeenAt));
            }

            rows.Add(
                new DeviceHeartbeat
                {
                    TwinId = twin.TwinId,
                    HeartbeatAt = Later(twin.HeartbeatAt, heartbeatAt),
                    LastSeenAt = Later(twin.LastSeenAt, sighting.SeenAt),
                    Connectivity = Connectivity.Online,
                }
            );
            if (twin.Connectivity != Connectivity.Online)
            {
                cameOnline.Add(twin.TwinId, twin.Connectivity);
            }

            if (HasNewHash(twin, sighting))
            {
                newHashes.Add(sighting);
            }
        }

        if (rows.Count > 0)
        {
            await HeartbeatStatements.StoreAsync(context, rows, cancellationToken);
        }

        await Presence.RecordAsync(context, cameOnline, Connectivity.Online, now, cancellationToken);
        await questions.AskForNewSnapsAsync(context, newHashes, cancellationToken);
        await enrollments.NoteAsync(context, batch, missing, outcomes, cancellationToken);
        return new Stored(outcomes, moved);
    }

    private static SightingOutcome Judge(HeardTwin twin, in Sighting sighting)
    {
        if (sighting.OrganizationId is not null && sighting.OrganizationId != twin.OrganizationId)
        {
            return SightingOutcome.OtherOrganization;
        }

        return twin.IsDeleted ? SightingOutcome.Deleted : SightingOutcome.Stored;
    }

    private static bool HasNewHash(HeardTwin twin, in Sighting sighting) =>
        (sighting.SnapListHash is not null && sighting.SnapListHash != twin.SnapListHash)
        || (sighting.InstalledSnapsHash is not null && sighting.InstalledSnapsHash != twin.InstalledSnapsHash);

    private static DateTime? Later(DateTime? stored, DateTime? heard) =>
        stored is null || heard > stored ? heard : stored;

    private sealed record Stored(SightingOutcome[] Outcomes, List<StoredHeartbeat> Heartbeats);
}
