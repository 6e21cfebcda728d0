using DeviceTwin.Data.Devices;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Data.Groups;

/// <summary>Statements over groups.</summary>
public static class GroupStatements
{
    /// <summary>Reads a group and holds its row, so that its members change one call after the other; null where there is none.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="name">The group's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Group?> LockAsync(
        TwinDbContext context,
        string organizationId,
        string name,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var rows = context.IsPostgres
            ? context.Groups.FromSql(
                $"select * from device_group where organization_id = {organizationId} and name = {name} for update"
            )
            : context.Groups.Where(group => group.OrganizationId == organizationId && group.Name == name);
        return (await rows.ToListAsync(cancellationToken)).SingleOrDefault();
    }

    /// <summary>Takes a device out of every group.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="device">The device.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The names of the groups that it was in.</returns>
    public static async Task<IReadOnlyList<string>> LeaveAllAsync(
        TwinDbContext context,
        Device device,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(device);
        var groups = await context
            .Groups.Where(group => group.Devices.Any(member => member.Id == device.Id))
            .Select(group => group.Name)
            .ToListAsync(cancellationToken);
        if (groups.Count > 0)
        {
            await context.GroupMembers.Where(row => row.TwinId == device.Id).ExecuteDeleteAsync(cancellationToken);
        }

        return groups;
    }

    /// <summary>Adds a group; null where the organization has one of this name already.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="name">The group's name.</param>
    /// <param name="now">The instant (UTC).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Group?> TryAddAsync(
        TwinDbContext context,
        string organizationId,
        string name,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var added = await context.Database.ExecuteSqlAsync(
            $"""
            insert into device_group (organization_id, name, created_at) values ({organizationId}, {name}, {now})
            on conflict (organization_id, name) do nothing
            """,
            cancellationToken
        );
        return added == 0 ? null : await LockAsync(context, organizationId, name, cancellationToken);
    }
}
