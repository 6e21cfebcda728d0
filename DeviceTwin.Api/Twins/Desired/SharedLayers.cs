using System.Text.Json;
using System.Text.Json.Nodes;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Groups;
using DeviceTwin.Data.Organizations;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Data.Values;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>What a change names of a layer; null stays as it is.</summary>
/// <param name="Properties">The layer's properties from now on: an object, in which null takes a weaker layer's key away.</param>
/// <param name="Snaps">The layer's snaps from now on; an empty list clears them.</param>
/// <param name="Priority">For groups: which of two wins.</param>
public sealed record LayerChange(JsonElement? Properties, IReadOnlyList<DesiredSnap>? Snaps, int? Priority);

/// <summary>
/// Layers of desired state that many devices share: those of groups and of models. A change is stored at once; its devices are
/// marked and worked out in the background (<see cref="LayerMarking"/>, <see cref="MarkedDevices"/>).
/// </summary>
/// <param name="store">The store.</param>
/// <param name="settings">Name the snaps that must stay.</param>
/// <param name="clock">Our clock.</param>
public sealed class SharedLayers(TwinStore store, Settings settings, TimeProvider clock)
{
    private readonly ProtectedSnaps protectedSnaps = ProtectedSnaps.Of(settings.Desired);

    /// <summary>Changes the layer of a group.</summary>
    /// <param name="key">The group, and who asks.</param>
    /// <param name="change">What to change.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public async Task<Outcome<Group>> SetGroupAsync(
        LayerKey key,
        LayerChange change,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(key);
        if (Check(change) is { } invalid)
        {
            return invalid;
        }

        return await store.WriteAsync<Outcome<Group>>(
            async (context, token) =>
            {
                // Held, so that it is not deleted, and its members do not change, while they are counted.
                if (await GroupStatements.LockAsync(context, key.OrganizationId, key.Name, token) is not { } group)
                {
                    return new GroupNotFound(key.Name);
                }

                var outcome = await ChangeAsync(context, LayerKind.Group, key, change, token);
                return outcome.Error is { } error ? error : group;
            },
            cancellationToken
        );
    }

    /// <summary>Changes the layer of a model; devices of it may come later.</summary>
    /// <param name="key">The model, and who asks.</param>
    /// <param name="change">What to change.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    public async Task<Outcome<DesiredLayer>> SetModelAsync(
        LayerKey key,
        LayerChange change,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(change);
        if (!Names.IsValid(key.OrganizationId))
        {
            return new InvalidInput("organizationId", Names.Rule("An organization's id"));
        }

        if (!Names.IsValid(key.Name))
        {
            return new InvalidInput("name", Names.Rule("A model's name"));
        }

        if (change.Priority is not null)
        {
            return new InvalidInput("priority", "Only groups have a priority: a device has one model.");
        }

        if (Check(change) is { } invalid)
        {
            return invalid;
        }

        return await store.WriteAsync(
            async (context, token) =>
            {
                await OrganizationStatements.EnsureAsync(
                    context,
                    key.OrganizationId,
                    clock.GetUtcNow().UtcDateTime,
                    token
                );
                return await ChangeAsync(context, LayerKind.Model, key, change, token);
            },
            cancellationToken
        );
    }

    private InvalidInput? Check(LayerChange change)
    {
        if (change is { Properties: null, Snaps: null, Priority: null })
        {
            return new InvalidInput("properties", "Name what to change: properties, snaps or, for a group, priority.");
        }

        return change.Properties is { } properties
            && DesiredRules.CheckProperties("properties", properties) is { } unfit
                ? unfit
            : change.Snaps is { Count: > 0 } snaps ? DesiredRules.CheckSnaps(snaps, protectedSnaps)
            : null;
    }

    private async Task<Outcome<DesiredLayer>> ChangeAsync(
        TwinDbContext context,
        LayerKind kind,
        LayerKey key,
        LayerChange change,
        CancellationToken cancellationToken
    )
    {
        var layer = await LayerStatements.LockAsync(context, key.OrganizationId, kind, key.Name, cancellationToken);
        TwinError? error = key.Conflict(layer);
        error ??= await CheckRevisionsAsync(context, layer, change.Snaps ?? [], cancellationToken);
        if (error is not null)
        {
            return error;
        }

        layer.Properties = change.Properties is { } properties
            ? StoredJson.Canonical(JsonObject.Create(properties))
            : layer.Properties;
        layer.Snaps = change.Snaps is { } snaps ? DesiredJson.Write(snaps) : layer.Snaps;
        layer.Priority = change.Priority ?? layer.Priority;
        layer.Touch(key.By, clock.GetUtcNow().UtcDateTime);
        if (layer.MarkedUpTo is not null)
        {
            await SetAsideReleases.ReleaseAsync(context, [WorkerNames.LayerMarking], [layer.Id], cancellationToken);
        }

        layer.MarkedUpTo = 0;
        layer.Unmarked = await LayerStatements.DevicesOf(context, layer).CountAsync(cancellationToken);
        return layer;
    }

    // Today's agents cannot be asked for a revision: pinning one only holds what is there.
    private static async Task<InvalidInput?> CheckRevisionsAsync(
        TwinDbContext context,
        DesiredLayer layer,
        IReadOnlyList<DesiredSnap> snaps,
        CancellationToken cancellationToken
    )
    {
        for (var index = 0; index < snaps.Count; index++)
        {
            if (snaps[index] is not { Revision: { } revision, Name: var name })
            {
                continue;
            }

            var other = await LayerStatements
                .DevicesOf(context, layer)
                .Where(device => !device.Snaps.Any(snap => snap.Name == name && snap.Revision == revision))
                .OrderBy(device => device.Id)
                .Select(device => device.DeviceId)
                .FirstOrDefaultAsync(cancellationToken);
            if (other is not null)
            {
                return DesiredRules.Unreachable(index, snaps[index], $"Device {other}");
            }
        }

        return null;
    }
}
