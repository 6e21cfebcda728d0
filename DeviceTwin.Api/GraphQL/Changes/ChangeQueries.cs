using System.Collections.Frozen;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Events;
using DeviceTwin.Api.GraphQL.Changes;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Data.Changes;
using GraphQL;

namespace DeviceTwin.Api.GraphQL;

public sealed partial class Query
{
    /// <summary>What happened to the organization's twins, oldest first: the log that deviceChanged reads from and the audit trail.</summary>
    /// <param name="organizationId">The organization.</param>
    /// <param name="deviceId">The device; all where it is left out.</param>
    /// <param name="first">How many of the first.</param>
    /// <param name="after">The cursor that <paramref name="first"/> counts from.</param>
    /// <param name="log">The change log.</param>
    /// <param name="settings">The largest page.</param>
    /// <param name="context">The field.</param>
    public static async Task<DeviceChangesConnection> DeviceChangesAsync(
        string organizationId,
        string? deviceId,
        int? first,
        string? after,
        [FromServices] ChangeLog log,
        [FromServices] Settings settings,
        IResolveFieldContext context
    )
    {
        var size = PageRequest.Read(first, after, null, null, settings.GraphQL).Size;
        var position = ChangeErrors.ReadCursor(after);
        if (!context.Caller().MaySee(organizationId))
        {
            return new DeviceChangesConnection([], hasNext: false, hasPrevious: false);
        }

        if (position is { } place)
        {
            await ChangeErrors.TellAsync(log.CheckAsync(place, context.CancellationToken));
        }

        var filter = new ChangeFilter(organizationId)
        {
            DeviceIds = deviceId is null ? null : FrozenSet.Create(StringComparer.Ordinal, deviceId),
        };
        var changes = await log.ReadAsync(
            filter,
            position ?? ChangePosition.Beginning,
            size + 1,
            context.CancellationToken
        );
        return new DeviceChangesConnection(
            [.. changes.Take(size).Select(change => new DeviceChangeNode(change))],
            changes.Count > size,
            position is not null
        );
    }
}
