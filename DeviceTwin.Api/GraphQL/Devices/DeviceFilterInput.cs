using System.ComponentModel;
using System.Linq.Expressions;
using System.Text.Json;
using DeviceTwin.Api.GraphQL.Engine.Errors;
using DeviceTwin.Api.GraphQL.Engine.Filters;
using DeviceTwin.Data;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Values;

namespace DeviceTwin.Api.GraphQL.Devices;

/// <summary>Conditions on a connectivity.</summary>
public sealed class ConnectivityOperationFilterInput : EnumOperationFilterInput<Connectivity>;

/// <summary>Conditions on a sync status.</summary>
public sealed class SyncStatusOperationFilterInput : EnumOperationFilterInput<SyncStatus>;

/// <summary>Conditions on devices; all that are given must hold.</summary>
public sealed class DeviceFilterInput : FilterInput
{
    /// <summary>All of these.</summary>
    public IReadOnlyList<DeviceFilterInput>? And { get; init; }

    /// <summary>At least one of these.</summary>
    public IReadOnlyList<DeviceFilterInput>? Or { get; init; }

    /// <summary>The device's id.</summary>
    public StringOperationFilterInput? DeviceId { get; init; }

    /// <summary>The brand.</summary>
    public StringOperationFilterInput? Brand { get; init; }

    /// <summary>The model's name.</summary>
    public StringOperationFilterInput? Model { get; init; }

    /// <summary>The serial number.</summary>
    public StringOperationFilterInput? Serial { get; init; }

    /// <summary>The id of the snap store.</summary>
    public StringOperationFilterInput? StoreId { get; init; }

    /// <summary>Whether the device is in sight. Only a filter that names it finds devices that are not.</summary>
    public BooleanOperationFilterInput? Active { get; init; }

    /// <summary>When the twin was created.</summary>
    public DateTimeOperationFilterInput? CreatedAt { get; init; }

    /// <summary>The instant in the newest heartbeat.</summary>
    public DateTimeOperationFilterInput? LastHeartbeatAt { get; init; }

    /// <summary>Whether the device is heard.</summary>
    public ConnectivityOperationFilterInput? Connectivity { get; init; }

    /// <summary>Whether desired and reported agree.</summary>
    public SyncStatusOperationFilterInput? SyncStatus { get; init; }

    /// <summary>Devices in a group with this name.</summary>
    [FilterWeight(FilterWeightAttribute.Subquery)]
    public StringOperationFilterInput? Group { get; init; }

    /// <summary>Devices with at least one reported snap that matches.</summary>
    [FilterWeight(FilterWeightAttribute.Subquery)]
    public SnapFilterInput? Snap { get; init; }

    /// <summary>Devices whose tag at this path equals the value.</summary>
    public PathFilterInput? Tag { get; init; }

    /// <summary>Devices whose reported property at this path equals the value.</summary>
    public PathFilterInput? Reported { get; init; }

    /// <summary>Whether any part of the filter asks for devices that are, or are not, in sight.</summary>
    internal bool NamesActive =>
        Active is not null || (And ?? []).Any(part => part.NamesActive) || (Or ?? []).Any(part => part.NamesActive);

    /// <summary>The filter as a condition that the store understands.</summary>
    internal Expression<Func<Device, bool>> ToPredicate() =>
        Predicates.And(
            new[]
            {
                And is null ? null : Predicates.And(And.Select(part => part.ToPredicate())),
                Or is null ? null : Predicates.Or(Or.Select(part => part.ToPredicate())),
                DeviceId?.ToPredicate<Device>(device => device.DeviceId),
                Brand?.ToPredicate<Device>(device => device.Brand),
                Model?.ToPredicate<Device>(device => device.Model),
                Serial?.ToPredicate<Device>(device => device.Serial),
                StoreId?.ToPredicate<Device>(device => device.StoreId),
                Active?.ToPredicate<Device>(device => device.DeletedAt == null),
                CreatedAt?.ToPredicate<Device>(device => device.CreatedAt),
                LastHeartbeatAt?.ToPredicate<Device>(device => device.Heartbeat.HeartbeatAt),
                Connectivity?.ToPredicate<Device>(device => device.Heartbeat.Connectivity),
                SyncStatus?.ToPredicate<Device>(device => device.Sync.Status),
                InGroup(Group),
                HasSnap(Snap),
                HasTag(Tag),
                HasReported(Reported),
            }.OfType<Expression<Func<Device, bool>>>()
        );

    private static Expression<Func<Device, bool>>? InGroup(StringOperationFilterInput? filter)
    {
        if (filter is null)
        {
            return null;
        }

        var matches = filter.ToPredicate<Data.Groups.Group>(group => group.Name);
        return device => device.Groups.AsQueryable().Any(matches);
    }

    private static Expression<Func<Device, bool>>? HasSnap(SnapFilterInput? filter)
    {
        if (filter is null)
        {
            return null;
        }

        var matches = filter.ToPredicate();
        return device => device.Snaps.AsQueryable().Any(matches);
    }

    private static Expression<Func<Device, bool>>? HasTag(PathFilterInput? filter)
    {
        if (filter is null)
        {
            return null;
        }

        var (path, value) = (filter.Keys, filter.Eq.GetRawText());
        return device => TwinFunctions.JsonPathEquals(device.Tags, path, value);
    }

    private static Expression<Func<Device, bool>>? HasReported(PathFilterInput? filter)
    {
        if (filter is null)
        {
            return null;
        }

        var (path, value) = (filter.Keys, filter.Eq.GetRawText());
        return device =>
            device.Reported != null && TwinFunctions.JsonPathEquals(device.Reported.Properties, path, value);
    }
}

/// <summary>Conditions on a snap; all that are given must hold for the same snap.</summary>
public sealed class SnapFilterInput : FilterInput
{
    /// <summary>The snap's name.</summary>
    public StringOperationFilterInput? Name { get; init; }

    /// <summary>The publisher's version.</summary>
    public StringOperationFilterInput? Version { get; init; }

    /// <summary>The channel that it tracks.</summary>
    public StringOperationFilterInput? Channel { get; init; }

    /// <summary>The store's revision.</summary>
    public IntOperationFilterInput? Revision { get; init; }

    /// <summary>snapd's status.</summary>
    public StringOperationFilterInput? Status { get; init; }

    /// <summary>The filter as a condition that the store understands.</summary>
    internal Expression<Func<Snap, bool>> ToPredicate() =>
        Predicates.And(
            new[]
            {
                Name?.ToPredicate<Snap>(snap => snap.Name),
                Version?.ToPredicate<Snap>(snap => snap.Version),
                Channel?.ToPredicate<Snap>(snap => snap.Channel),
                Revision?.ToPredicate<Snap>(snap => snap.Revision),
                Status?.ToPredicate<Snap>(snap => snap.Status),
            }.OfType<Expression<Func<Snap, bool>>>()
        );
}

/// <summary>A value at a path.</summary>
/// <param name="Path">The keys from the outermost, with dots between them, as in a drift's path; a key that is empty or holds dots, brackets, quotes or blanks as a JSON string in brackets: a["b.c"].d. The empty path is the whole document.</param>
/// <param name="Eq">What stands there.</param>
[Description("A value at a path.")]
public sealed record PathFilterInput(string Path, JsonElement Eq)
{
    /// <summary>The keys of the path.</summary>
    /// <exception cref="CallerError">It is no path.</exception>
    internal string[] Keys =>
        KeyPath.TryParse(Path, out var path, out var fault)
            ? [.. path.Keys]
            : throw new CallerError(ErrorCodes.InvalidValue, fault);
}
