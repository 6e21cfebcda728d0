using System.Collections.Immutable;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Events;

/// <summary>
/// Hands committed heartbeats to whoever listens: each listener gets every device's newest, never a backlog. Only heartbeats that
/// this process stored are told; those of other replicas do not reach it yet.
/// </summary>
/// <param name="rate">Counts the heartbeats.</param>
public sealed class HeartbeatFeed(HeartbeatRate rate) : IHeartbeatPublisher
{
    private readonly Lock gate = new();
    private ImmutableDictionary<string, ImmutableHashSet<HeartbeatListener>> organizations = ImmutableDictionary.Create<
        string,
        ImmutableHashSet<HeartbeatListener>
    >(StringComparer.Ordinal);

    /// <summary>How many listen now.</summary>
    public int Listeners => Volatile.Read(ref organizations).Values.Sum(listeners => listeners.Count);

    /// <summary>
    /// Begins to listen at once: whatever is published after this call is told. Whoever calls it disposes the listener, or reads it
    /// and ends the reading.
    /// </summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceIds">The devices; null for all.</param>
    /// <param name="includes">
    /// Says of a device whether it is wanted now, for a set that changes (a group's members); asked for each heartbeat by the thread
    /// that took it in, so it must be quick and safe from any thread. What it throws ends the listener, and nobody else. Null for all.
    /// </param>
    public HeartbeatListener Subscribe(
        string organizationId,
        IReadOnlySet<string>? deviceIds = null,
        Func<string, bool>? includes = null
    )
    {
        var listener = new HeartbeatListener(this, organizationId, deviceIds, includes);
        lock (gate)
        {
            var listeners = organizations.GetValueOrDefault(organizationId, []);
            Volatile.Write(ref organizations, organizations.SetItem(organizationId, listeners.Add(listener)));
        }

        return listener;
    }

    /// <inheritdoc />
    public void Publish(IReadOnlyList<StoredHeartbeat> heartbeats)
    {
        ArgumentNullException.ThrowIfNull(heartbeats);
        var listened = Volatile.Read(ref organizations);
        foreach (var organization in heartbeats.GroupBy(heartbeat => heartbeat.OrganizationId))
        {
            rate.Count(organization.Key, organization.Count());
            if (!listened.TryGetValue(organization.Key, out var listeners))
            {
                continue;
            }

            var batch = new Dictionary<string, StoredHeartbeat>(StringComparer.Ordinal);
            foreach (var heartbeat in organization)
            {
                batch[heartbeat.DeviceId] = heartbeat;
            }

            foreach (var listener in listeners)
            {
                try
                {
                    listener.Offer(batch);
                }
#pragma warning disable CA1031 // Whatever a listener throws is its own: its reader gets it, the other listeners and the intake are not concerned.
                catch (Exception fault)
#pragma warning restore CA1031
                {
                    listener.End(fault);
                }
            }
        }
    }

    /// <summary>Takes a listener out; once more does nothing.</summary>
    internal void Leave(HeartbeatListener listener)
    {
        lock (gate)
        {
            if (!organizations.TryGetValue(listener.OrganizationId, out var listeners))
            {
                return;
            }

            var left = listeners.Remove(listener);
            Volatile.Write(
                ref organizations,
                left.IsEmpty
                    ? organizations.Remove(listener.OrganizationId)
                    : organizations.SetItem(listener.OrganizationId, left)
            );
        }
    }
}
