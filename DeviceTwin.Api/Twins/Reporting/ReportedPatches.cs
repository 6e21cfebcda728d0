using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Data.Values;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Reporting;

/// <summary>Applies what devices report of their own properties, in one transaction a patch.</summary>
/// <param name="store">The store.</param>
/// <param name="syncStates">Works out how far the device then is from what is desired of it.</param>
/// <param name="faults">Makes patches fail in tests.</param>
/// <param name="clock">Our clock.</param>
public sealed class ReportedPatches(TwinStore store, SyncStates syncStates, FaultPoints faults, TimeProvider clock)
{
    /// <inheritdoc cref="ITwinTopics.ApplyAsync" />
    public Task<ReportedOutcome?> ApplyAsync(ReportedPatch patch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        return PropertyLimits.Check(patch.Patch) is { } fault
            ? RefuseAsync(patch.DeviceId, Refusal(fault, fault.Message), cancellationToken)
            : store.WriteAsync((context, token) => ApplyAsync(context, patch, token), cancellationToken);
    }

    /// <inheritdoc cref="ITwinTopics.RefuseAsync" />
    public Task<ReportedOutcome?> RefuseAsync(string deviceId, string reason, CancellationToken cancellationToken) =>
        RefuseAsync(deviceId, new ReportedRefusal(ReportedRefusal.InvalidPatch, reason), cancellationToken);

    private async Task<ReportedOutcome?> RefuseAsync(
        string deviceId,
        ReportedRefusal refusal,
        CancellationToken cancellationToken
    )
    {
        await using var context = await store.OpenAsync(cancellationToken);
        var twin = await context
            .Devices.Where(device => device.DeviceId == deviceId)
            .Select(device => new { device.DeletedAt, Version = device.Reported == null ? 0 : device.Reported.Version })
            .SingleOrDefaultAsync(cancellationToken);
        return twin switch
        {
            null => Unknown(),
            { DeletedAt: not null } => null,
            _ => new ReportedOutcome(twin.Version, refusal),
        };
    }

    private async Task<ReportedOutcome?> ApplyAsync(
        TwinDbContext context,
        ReportedPatch patch,
        CancellationToken cancellationToken
    )
    {
        faults.Reach(WorkerNames.TwinTopics, patch.DeviceId);
        var free = await DeviceStatements.LockFreeAsync(context, [patch.DeviceId], cancellationToken);
        var device = free.SingleOrDefault();
        if (
            device is null
            && await context.Devices.AnyAsync(known => known.DeviceId == patch.DeviceId, cancellationToken)
        )
        {
            throw new DeviceHeldException(patch.DeviceId);
        }

        if (device is not { DeletedAt: null })
        {
            return device is null ? Unknown() : null;
        }

        var stored = await context.ReportedStates.SingleOrDefaultAsync(
            state => state.TwinId == device.Id,
            cancellationToken
        );
        var version = stored?.Version ?? 0;
        var before = stored?.Properties ?? "{}";
        var after = MergePatch.Apply(before, patch.Patch);
        if (patch.Version is { } madeOn && madeOn != version)
        {
            return madeOn == version - 1 && StoredJson.AreEqual(before, after)
                // The same message once more: the broker had not seen that it was taken.
                ? new ReportedOutcome(version)
                : Conflict(madeOn, version);
        }

        if (PropertyLimits.CheckSize(after) is { } fault)
        {
            return new ReportedOutcome(
                version,
                Refusal(fault, $"The reported properties would not fit any more: {fault.Message}")
            );
        }

        return new ReportedOutcome(await StoreAsync(context, device, stored, after, cancellationToken));
    }

    private async Task<int> StoreAsync(
        TwinDbContext context,
        Device device,
        ReportedState? state,
        string properties,
        CancellationToken cancellationToken
    )
    {
        if (state is null)
        {
            state = new ReportedState { TwinId = device.Id };
            context.Add(state);
        }

        var now = clock.GetUtcNow().UtcDateTime;
        state.Properties = properties;
        state.Version++;
        state.UpdatedAt = now;
        var moved = await syncStates.RefreshAsync(context, device, ChangeKinds.Reported, cancellationToken);
        context.Add(Changes.Of(device, ChangeKinds.Reported | moved, TwinChange.ByDevice, now));
        return state.Version;
    }

    private static ReportedRefusal Refusal(ValueFault fault, string message) =>
        new(fault.IsTooLarge ? ReportedRefusal.TooLarge : ReportedRefusal.InvalidPatch, message);

    private static ReportedOutcome Conflict(int madeOn, int version) =>
        new(
            version,
            new ReportedRefusal(
                ReportedRefusal.VersionConflict,
                $"The reported properties have version {version}, not {madeOn}: get them and decide anew."
            )
        );

    private static ReportedOutcome Unknown() =>
        new(
            0,
            new ReportedRefusal(
                ReportedRefusal.UnknownDevice,
                "The device has no twin yet: it gets one when it has answered who it is. Send the patch again then."
            )
        );
}
