using System.ComponentModel;
using System.Text.Json;
using DeviceTwin.Api.GraphQL.Engine.InputObjects;
using DeviceTwin.Api.Security;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.Desired;

namespace DeviceTwin.Api.GraphQL.Desired;

/// <summary>Snaps for a device's own desired snaps.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Snaps">The snaps.</param>
/// <param name="IfVersion">Change nothing unless this is the stored version.</param>
public sealed record SetDesiredSnapsInput(
    string OrganizationId,
    string DeviceId,
    IReadOnlyList<DesiredSnapInput> Snaps,
    int? IfVersion
);

/// <summary>Snaps to take out of a device's own desired snaps.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Names">The snaps' names.</param>
/// <param name="IfVersion">Change nothing unless this is the stored version.</param>
public sealed record ClearDesiredSnapsInput(
    string OrganizationId,
    string DeviceId,
    IReadOnlyList<string> Names,
    int? IfVersion
);

/// <summary>What is desired of a snap. What is left out, or null, a weaker layer may say, or nobody.</summary>
/// <param name="Name">The snap's name.</param>
/// <param name="Channel">The channel to track, e.g. 2.10/stable.</param>
/// <param name="Revision">The store's revision, which the device must have already: agents cannot be asked for one.</param>
/// <param name="Enabled">Whether it is to be enabled.</param>
/// <param name="Config">A JSON object: what its configuration is to hold at least. Merged with that of weaker layers key by key; null takes a key away.</param>
/// <param name="Services">Its services that are to run, or not to. Merged with those of weaker layers by name.</param>
public sealed record DesiredSnapInput(
    string Name,
    string? Channel,
    int? Revision,
    bool? Enabled,
    JsonElement? Config,
    IReadOnlyList<DesiredSnapServiceInput>? Services
)
{
    /// <summary>Whether it is to be installed.</summary>
    [DefaultValue(SnapPresence.Present)]
    public SnapPresence Presence { get; init; }

    /// <summary>The snap as layers hold it.</summary>
    internal DesiredSnap ToSnap() =>
        new(
            Name,
            Presence,
            Channel,
            Revision,
            Enabled,
            Config?.GetRawText(),
            Services?.Select(service => new DesiredService(service.Name, service.Active)).ToList()
        );
}

/// <summary>Whether a service of a snap is to run.</summary>
/// <param name="Name">The service's name, e.g. server or nats.server.</param>
/// <param name="Active">Whether it is to run.</param>
public sealed record DesiredSnapServiceInput(string Name, bool Active);

/// <summary>Replaces what it names in the layer of the group or model with this name; what it leaves out stays.</summary>
public sealed class SetDesiredLayerInput : SuppliedInput
{
    /// <summary>The organization.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>The group's or model's name.</summary>
    public required string Name { get; init; }

    /// <summary>The layer's properties from now on, a JSON object; null in it takes a weaker layer's key away.</summary>
    public JsonElement? Properties { get; init; }

    /// <summary>The layer's snaps from now on; an empty list clears them.</summary>
    public IReadOnlyList<DesiredSnapInput>? Snaps { get; init; }

    /// <summary>For groups only: where two groups of a device disagree, the higher priority wins.</summary>
    public int? Priority { get; init; }

    /// <summary>Change nothing unless this is the stored version.</summary>
    public int? IfVersion { get; init; }

    /// <summary>Makes the change, unless it cannot be told what is meant.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="change">Makes it.</param>
    internal async Task<Outcome<T>> ApplyAsync<T>(Caller caller, Func<LayerKey, LayerChange, Task<Outcome<T>>> change)
        where T : class
    {
        if (Properties is null && Has(nameof(Properties)))
        {
            const string Ambiguous = "Properties are a JSON object: {} clears them; leave them out to keep them.";
            return new InvalidInput("properties", Ambiguous);
        }

        return await change(
            new LayerKey(OrganizationId, Name, IfVersion, caller.Name),
            new LayerChange(Properties, Snaps?.Select(snap => snap.ToSnap()).ToList(), Priority)
        );
    }
}
