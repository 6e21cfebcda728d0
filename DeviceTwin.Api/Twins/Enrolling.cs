using DeviceTwin.Data;
using DeviceTwin.Data.Enrollments;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>Notes devices that are heard and not known, and asks them who they are.</summary>
/// <param name="questions">Asks devices.</param>
public sealed class Enrolling(Questions questions)
{
    /// <summary>Decides what becomes of the sightings of a batch whose device's row was not read.</summary>
    /// <param name="context">The context, in a transaction.</param>
    /// <param name="batch">The whole batch.</param>
    /// <param name="missing">The places in the batch of those whose row was not read: not known, or held by somebody else.</param>
    /// <param name="outcomes">Gets the outcomes of these places.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task NoteAsync(
        TwinDbContext context,
        IReadOnlyList<Sighting> batch,
        IReadOnlyList<int> missing,
        SightingOutcome[] outcomes,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(missing);
        ArgumentNullException.ThrowIfNull(outcomes);
        if (missing.Count == 0)
        {
            return;
        }

        var deviceIds = missing.Select(index => batch[index].DeviceId).ToArray();
        var known = await context
            .Devices.Where(device => deviceIds.Contains(device.DeviceId))
            .Select(device => device.DeviceId)
            .ToHashSetAsync(cancellationToken);
        var enrollments = await EnrollmentStatements.LockFreeAsync(context, deviceIds, cancellationToken);
        var heard = enrollments.ToDictionary(enrollment => enrollment.DeviceId, StringComparer.Ordinal);
        var added = new List<Enrollment>();
        var introduce = new List<(string, string)>();
        foreach (var index in missing)
        {
            var sighting = batch[index];
            outcomes[index] = SightingOutcome.Unknown;
            if (known.Contains(sighting.DeviceId))
            {
                outcomes[index] = SightingOutcome.Locked;
            }
            else if (sighting.OrganizationId is not { } organizationId)
            {
                // Only a heartbeat says which organization a device belongs to.
            }
            else if (!heard.TryGetValue(sighting.DeviceId, out var enrollment))
            {
                added.Add(
                    Update(new Enrollment { DeviceId = sighting.DeviceId, OrganizationId = organizationId }, sighting)
                );
                introduce.Add((organizationId, sighting.DeviceId));
            }
            else if (enrollment.OrganizationId == organizationId)
            {
                Update(enrollment, sighting);
                introduce.Add((organizationId, sighting.DeviceId));
            }
            else
            {
                outcomes[index] = SightingOutcome.OtherOrganization;
            }
        }

        await EnrollmentStatements.AddAsync(context, added, cancellationToken);
        await questions.IntroduceAsync(context, introduce, cancellationToken);
    }

    private static Enrollment Update(Enrollment enrollment, in Sighting sighting)
    {
        enrollment.LastSeenAt = sighting.SeenAt;
        enrollment.SnapListHash = sighting.SnapListHash ?? enrollment.SnapListHash;
        enrollment.InstalledSnapsHash = sighting.InstalledSnapsHash ?? enrollment.InstalledSnapsHash;
        if (enrollment.HeartbeatAt is null || sighting.HeartbeatToStore > enrollment.HeartbeatAt)
        {
            enrollment.HeartbeatAt = sighting.HeartbeatToStore;
        }

        return enrollment;
    }
}
