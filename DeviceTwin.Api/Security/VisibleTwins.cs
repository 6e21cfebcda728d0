using System.Linq.Expressions;
using DeviceTwin.Data;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Groups;
using DeviceTwin.Data.Jobs;
using DeviceTwin.Data.SetAside;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Security;

/// <summary>
/// What a caller sees of the store. Every read of every door begins here, so that none runs without an organization and none
/// shows what the caller may not see.
/// </summary>
public static class VisibleTwins
{
    private static readonly CompiledPages<Device> WholePages = PagesInSight(DeviceColumns.Shown);
    private static readonly CompiledPages<Device> ShortPages = PagesInSight(DeviceColumns.Short);

    /// <summary>The organization's devices, those out of sight included.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="context">The context.</param>
    /// <param name="organizationId">The organization.</param>
    public static IQueryable<Device> AllDevices(this Caller caller, TwinDbContext context, string organizationId) =>
        caller.MaySee(organizationId)
            ? context.Devices.AsNoTracking().Where(device => device.OrganizationId == organizationId)
            : context.Devices.AsNoTracking().Where(_ => false);

    /// <summary>The organization's devices in sight.</summary>
    /// <inheritdoc cref="AllDevices" />
    public static IQueryable<Device> Devices(this Caller caller, TwinDbContext context, string organizationId) =>
        caller.AllDevices(context, organizationId).Where(device => device.DeletedAt == null);

    /// <summary>Those of the organization's devices in sight that have these ids, with their heartbeats. The rows are shared: they are not to be changed.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="devices">Looks them up.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceIds">The ids.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<IEnumerable<Device>> DevicesAsync(
        this Caller caller,
        DeviceLookups devices,
        string organizationId,
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    ) => caller.MaySee(organizationId) ? await devices.FindAsync(organizationId, deviceIds, cancellationToken) : [];

    /// <summary>A page of the organization's devices in sight, by device id, with their heartbeats.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="context">The context.</param>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceId">The id that the page is behind; empty for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="isWhole">Whether they come with <see cref="DeviceColumns.Shown"/> or <see cref="DeviceColumns.Short"/>.</param>
    public static IAsyncEnumerable<Device> DevicesBehind(
        this Caller caller,
        TwinDbContext context,
        string organizationId,
        string deviceId,
        int limit,
        bool isWhole
    ) =>
        caller.MaySee(organizationId)
            ? (isWhole ? WholePages : ShortPages).Read(context, organizationId, deviceId, limit)
            : AsyncEnumerable.Empty<Device>();

    /// <summary>The organization's groups.</summary>
    /// <inheritdoc cref="AllDevices" />
    public static IQueryable<Group> Groups(this Caller caller, TwinDbContext context, string organizationId) =>
        caller.MaySee(organizationId)
            ? context.Groups.AsNoTracking().Where(group => group.OrganizationId == organizationId)
            : context.Groups.AsNoTracking().Where(_ => false);

    /// <summary>The organization's actions.</summary>
    /// <inheritdoc cref="AllDevices" />
    public static IQueryable<DeviceAction> Actions(this Caller caller, TwinDbContext context, string organizationId) =>
        caller.MaySee(organizationId)
            ? context.Actions.AsNoTracking().Where(action => action.OrganizationId == organizationId)
            : context.Actions.AsNoTracking().Where(_ => false);

    /// <summary>The organization's actions, for who narrows them to a few devices or a job.</summary>
    /// <inheritdoc cref="AllDevices" />
    public static IQueryable<DeviceAction> ActionsOfDevices(
        this Caller caller,
        TwinDbContext context,
        string organizationId
    ) =>
        caller.MaySee(organizationId)
            // Glued to nothing, so that no index is of use for it: SQLite would take the organization's, and read all of its actions.
            ? context.Actions.AsNoTracking().Where(action => action.OrganizationId + "" == organizationId)
            : context.Actions.AsNoTracking().Where(_ => false);

    /// <summary>The organization's jobs.</summary>
    /// <inheritdoc cref="AllDevices" />
    public static IQueryable<Job> Jobs(this Caller caller, TwinDbContext context, string organizationId) =>
        caller.MaySee(organizationId)
            ? context.Jobs.AsNoTracking().Where(job => job.OrganizationId == organizationId)
            : context.Jobs.AsNoTracking().Where(_ => false);

    /// <summary>The organization's set-aside items.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="context">The context.</param>
    /// <param name="organizationId">The organization; null for items of which it is not known, which only callers see who see all organizations.</param>
    public static IQueryable<SetAsideItem> SetAsideItems(
        this Caller caller,
        TwinDbContext context,
        string? organizationId
    ) =>
        caller.MaySeeItemsOf(organizationId)
            ? context.SetAsideItems.AsNoTracking().Where(item => item.OrganizationId == organizationId)
            : context.SetAsideItems.AsNoTracking().Where(_ => false);

    /// <summary>Whether the caller may see an organization's set-aside items.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="organizationId">The organization; null for items of which it is not known.</param>
    public static bool MaySeeItemsOf(this Caller caller, string? organizationId) =>
        organizationId is null ? caller.Organizations.Equals(OrganizationScope.All) : caller.MaySee(organizationId);

    /// <summary>The organizations that the caller may see, by id.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="context">The context.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<IReadOnlyList<string>> OrganizationsAsync(
        this Caller caller,
        TwinDbContext context,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var ids = await context
            .Organizations.Select(organization => organization.Id)
            .OrderBy(id => id)
            .ToListAsync(cancellationToken);
        return ids.FindAll(caller.MaySee);
    }

    // The heartbeat's condition, which seems to do nothing, lets EF Core join before it takes a page; else it takes, joins and orders once more.
    private static CompiledPages<Device> PagesInSight(Expression<Func<Device, Device>> columns) =>
        new(
            (context, organizationId, deviceId) =>
                context
                    .Devices.AsNoTracking()
                    .Where(device => device.OrganizationId == organizationId && device.DeletedAt == null)
                    .Where(device => string.Compare(device.DeviceId, deviceId) > 0)
                    .Where(device => device.Heartbeat.TwinId == device.Id)
                    .OrderBy(device => device.DeviceId)
                    .Select(columns)
        );
}
