using DeviceTwin.Data.Changes;

namespace DeviceTwin.Api.Events;

/// <summary>Which changes of one organization somebody wants to hear of.</summary>
/// <param name="OrganizationId">The organization.</param>
public sealed record ChangeFilter(string OrganizationId)
{
    /// <summary>Every kind but the hidden <see cref="ChangeKinds.Connectivity"/> and <see cref="ChangeKinds.Job"/>: what deviceChanged and the audit tell.</summary>
    public const ChangeKinds Told = ~(ChangeKinds.Connectivity | ChangeKinds.Job);

    /// <summary>The devices; null for all. Device ids are compared by their characters.</summary>
    public IReadOnlySet<string>? DeviceIds { get; init; }

    /// <summary>A change is wanted when it is of at least one of these kinds.</summary>
    public ChangeKinds Kinds { get; init; } = Told;

    /// <summary>Whether a change of this organization is wanted.</summary>
    /// <param name="change">The change.</param>
    internal bool Matches(TwinChange change) =>
        (change.Kinds & Kinds) != ChangeKinds.None && (DeviceIds is null || DeviceIds.Contains(change.DeviceId));
}
