using System.Reflection;
using DeviceTwin.Api.Events;
using DeviceTwin.Api.GraphQL.Live;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data;
using GraphQL;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Fleet;

/// <summary>What the service itself is doing.</summary>
public sealed class ServiceStatus
{
    private static readonly string RunningVersion = typeof(ServiceStatus)
        .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];

    /// <summary>The version of the service.</summary>
    public string Version => RunningVersion;

    /// <summary>When it started.</summary>
    /// <param name="counters">Counts.</param>
    public DateTime StartedAt([FromServices] ServiceCounters counters) => counters.StartedAt;

    /// <summary>Whether the connection to the MQTT broker stands and devices are heard.</summary>
    /// <param name="broker">Knows.</param>
    public bool BrokerConnected([FromServices] BrokerStatus broker) => broker.Current.Connected;

    /// <summary>Whether the database answers.</summary>
    /// <param name="store">The store.</param>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public async Task<bool> StoreReachableAsync([FromServices] TwinStore store, CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await context.Database.CanConnectAsync(cancellationToken);
    }

    /// <summary>Messages taken from the broker since the service started.</summary>
    /// <param name="counters">Counts.</param>
    public long MessagesReceived([FromServices] ServiceCounters counters) => counters.MessagesReceived;

    /// <summary>Messages that could not be understood; each is logged with its reason.</summary>
    /// <param name="counters">Counts.</param>
    public long MessagesRejected([FromServices] ServiceCounters counters) => counters.MessagesRejected;

    /// <summary>Heartbeats of known devices that moved their instant.</summary>
    /// <param name="counters">Counts.</param>
    public long HeartbeatsStored([FromServices] ServiceCounters counters) => counters.HeartbeatsStored;

    /// <summary>Requests since the service started whose credentials were missing or not taken.</summary>
    /// <param name="counters">Counts.</param>
    public long LoginsFailed([FromServices] ServiceCounters counters) => counters.LoginsFailed;

    /// <summary>Fields that were asked for since the service started without the role that they need.</summary>
    /// <param name="counters">Counts.</param>
    public long Denials([FromServices] ServiceCounters counters) => counters.Denials;

    /// <summary>Messages, devices, actions, layers and jobs that a worker of this process could not handle and set aside since it started.</summary>
    /// <param name="counters">Counts.</param>
    public long ItemsSetAside([FromServices] ServiceCounters counters) => counters.ItemsSetAside;

    /// <summary>Set-aside messages that this process dropped since it started because their device had too many.</summary>
    /// <param name="counters">Counts.</param>
    public long SetAsideDropped([FromServices] ServiceCounters counters) => counters.SetAsideDropped;

    /// <summary>Set-aside items that are kept now, in all organizations and of all processes.</summary>
    /// <param name="store">The store.</param>
    /// <param name="cancellationToken">Cancelled with the operation.</param>
    public async Task<long> SetAsideKeptAsync([FromServices] TwinStore store, CancellationToken cancellationToken)
    {
        await using var context = await store.OpenAsync(cancellationToken);
        return await context.SetAsideItems.LongCountAsync(cancellationToken);
    }

    /// <summary>Subscriptions that are open now.</summary>
    /// <param name="heartbeats">Counts those to heartbeats.</param>
    /// <param name="changes">Counts those to changes.</param>
    /// <param name="fleets">Counts those to fleets.</param>
    /// <param name="jobs">Counts those to jobs.</param>
    /// <param name="streams">Counts those that are counted twice.</param>
    public int Subscribers(
        [FromServices] HeartbeatFeed heartbeats,
        [FromServices] ChangeFeed changes,
        [FromServices] FleetSummaries fleets,
        [FromServices] JobFeed jobs,
        [FromServices] HeartbeatStreams streams
    ) => heartbeats.Listeners + changes.Listeners + fleets.Listeners + jobs.Listeners - streams.Followers;
}
