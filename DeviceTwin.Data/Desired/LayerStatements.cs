using DeviceTwin.Data.Devices;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Desired;

/// <summary>Statements over layers of desired state.</summary>
public static class LayerStatements
{
    // What the locks of models' layers have in front of their own number, so that no other lock is taken for one.
    private const int ModelLock = 0x6c617972;

    /// <summary>Reads a layer and holds its row until the transaction ends. One that was never set is made, with version 0.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="kind">Whose layer.</param>
    /// <param name="name">The device's id, or the group's or model's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<DesiredLayer> LockAsync(
        TwinDbContext context,
        string organizationId,
        LayerKind kind,
        string name,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var number = (int)kind;
        if (kind == LayerKind.Model && context.IsPostgres)
        {
            await context.Database.ExecuteSqlAsync(
                $"select pg_advisory_xact_lock({ModelLock}, hashtext({Key(organizationId, name)}))",
                cancellationToken
            );
        }

        await context.Database.ExecuteSqlAsync(
            $$"""
            insert into desired_layer (organization_id, kind, name, properties, snaps, priority, version, unmarked)
            values ({{organizationId}}, {{number}}, {{name}}, '{}', '[]', 0, 0, 0)
            on conflict (organization_id, kind, name) do nothing
            """,
            cancellationToken
        );
        var rows = context.IsPostgres
            ? context.DesiredLayers.FromSql(
                $"""
                select * from desired_layer
                where organization_id = {organizationId} and kind = {number} and name = {name} for no key update
                """
            )
            : context.DesiredLayers.Where(layer =>
                layer.OrganizationId == organizationId && layer.Kind == kind && layer.Name == name
            );
        return (await rows.ToListAsync(cancellationToken)).Single();
    }

    /// <summary>
    /// A device is about to become one of a model: its model's layer does not change until the transaction ends, so that no change
    /// misses a device that was not yet to be seen as one of the model.
    /// </summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task JoinModelAsync(
        TwinDbContext context,
        string organizationId,
        string model,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.IsPostgres)
        {
            await context.Database.ExecuteSqlAsync(
                $"select pg_advisory_xact_lock_shared({ModelLock}, hashtext({Key(organizationId, model)}))",
                cancellationToken
            );
        }
    }

    private static string Key(string organizationId, string model) => $"{organizationId}/{model}";

    /// <summary>The layers whose newest change has devices to mark.</summary>
    /// <param name="context">The context.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="excluded">Layers to leave out: <see cref="DesiredLayer.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static Task<List<MarkingLayer>> MarkingAsync(
        TwinDbContext context,
        int most,
        long[] excluded,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(excluded);
        var marking = context.DesiredLayers.Where(layer => layer.MarkedUpTo != null);
        if (excluded.Length > 0)
        {
            marking = marking.Where(layer => !EF.Parameter(excluded).Contains(layer.Id));
        }

        return marking
            .OrderBy(layer => layer.Id)
            .Take(most)
            .Select(layer => new MarkingLayer(layer.Id, layer.OrganizationId, layer.Name))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Reads and holds a layer whose newest change has devices to mark; null where it has none any more, or somebody else holds it.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="id"><see cref="DesiredLayer.Id"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<DesiredLayer?> LockMarkingAsync(
        TwinDbContext context,
        long id,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.DesiredLayers.FromSql(
                $"select * from desired_layer where id = {id} and marked_up_to is not null for no key update skip locked"
            )
            : context.DesiredLayers.Where(layer => layer.Id == id && layer.MarkedUpTo != null);
        return (await rows.ToListAsync(cancellationToken)).SingleOrDefault();
    }

    /// <summary>The layer of a group; nothing where it was never set.</summary>
    /// <param name="context">The context.</param>
    /// <param name="group">The group.</param>
    public static IQueryable<DesiredLayer> OfGroup(TwinDbContext context, Groups.Group group)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(group);
        return context.DesiredLayers.Where(layer =>
            layer.OrganizationId == group.OrganizationId && layer.Kind == LayerKind.Group && layer.Name == group.Name
        );
    }

    /// <summary>The devices in sight that a group's or model's layer concerns.</summary>
    /// <param name="context">The context.</param>
    /// <param name="layer">The layer.</param>
    public static IQueryable<Device> DevicesOf(TwinDbContext context, DesiredLayer layer)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(layer);
        var (organizationId, name) = (layer.OrganizationId, layer.Name);
        var devices = context.Devices.Where(device =>
            device.OrganizationId == organizationId && device.DeletedAt == null
        );
        return layer.Kind switch
        {
            LayerKind.Model => devices.Where(device => device.Model == name),
            LayerKind.Group => devices.Where(device => device.Groups.Any(group => group.Name == name)),
            _ => devices.Where(device => device.DeviceId == name),
        };
    }
}

/// <summary>A layer whose newest change has devices to mark.</summary>
/// <param name="Id"><see cref="DesiredLayer.Id"/>.</param>
/// <param name="OrganizationId">Its organization.</param>
/// <param name="Name">The group's or model's name.</param>
public sealed record MarkingLayer(long Id, string OrganizationId, string Name);
