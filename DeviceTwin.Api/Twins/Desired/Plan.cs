using DeviceTwin.Data.Actions;

namespace DeviceTwin.Api.Twins.Desired;

/// <summary>What to do about a device's snaps; all is null where they are as they should be.</summary>
/// <param name="Next">The action to ask for now; null when there is none.</param>
/// <param name="RetryAt">The earliest time (UTC) at which a step that waits for its next try may be taken; null when none waits.</param>
/// <param name="GivenUp">
/// Why something is not tried any more; null when nothing is given up. The device has failed when there is neither a next
/// step nor one that waits.
/// </param>
/// <param name="ListedSince">
/// Where <paramref name="Next"/> is a further try: what the device listed before this (UTC) does not show what became of the last one.
/// </param>
public sealed record Plan(Step? Next, DateTime? RetryAt, string? GivenUp, DateTime? ListedSince = null);

/// <summary>One action that brings a device nearer to what it should be.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Snap">With which snap.</param>
/// <param name="Data">What is sent with it.</param>
public sealed record Step(ActionKind Kind, string Snap, string? Data = null);
