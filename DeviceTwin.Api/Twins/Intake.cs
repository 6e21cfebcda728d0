namespace DeviceTwin.Api.Twins;

/// <summary>Stores what devices say. The devices' door calls it and acknowledges to the broker when a call has ended.</summary>
public interface IIntake
{
    /// <summary>
    /// Stores those heartbeats of a batch that only move instants, at most one for each device (the newest), in one transaction. Gives
    /// the places of what is stored; <see cref="StoreAsync(IReadOnlyList{Sighting}, CancellationToken)"/> is for the others. Throws when the store is away: nothing is stored then.
    /// </summary>
    /// <param name="batch">What was heard.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    Task<IReadOnlyList<int>> StoreUsualAsync(IReadOnlyList<Sighting> batch, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a batch of sightings, at most one for each device (the newest), in one transaction.
    /// Gives back an outcome for each, in the order of the batch. Throws when the store is away: nothing is stored then.
    /// </summary>
    /// <param name="batch">What was heard.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    Task<IReadOnlyList<SightingOutcome>> StoreAsync(IReadOnlyList<Sighting> batch, CancellationToken cancellationToken);

    /// <summary>
    /// Applies an answer, in one transaction. Gives null when it was taken, or why it was rejected (one line, no secret).
    /// Throws when the store is away, or <see cref="DeviceHeldException"/> when another transaction holds the device's row: nothing is changed then, try again.
    /// </summary>
    /// <param name="answer">The answer.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    Task<string?> ApplyAsync(Answer answer, CancellationToken cancellationToken);

    /// <summary>Stores a batch of metrics, in one transaction. Lines of devices that are not known, deleted or of another organization are left out and their number is given back.</summary>
    /// <param name="batch">The lines, in the order of their coming.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    Task<int> StoreAsync(IReadOnlyList<MetricsReport> batch, CancellationToken cancellationToken);
}

/// <summary>What became of a sighting.</summary>
public enum SightingOutcome
{
    /// <summary>Stored.</summary>
    Stored,

    /// <summary>The device is not known: it was asked who it is.</summary>
    Unknown,

    /// <summary>The twin is deleted: ignored.</summary>
    Deleted,

    /// <summary>The twin belongs to another organization: rejected.</summary>
    OtherOrganization,

    /// <summary>Somebody else has the row locked: try this one again, later.</summary>
    Locked,
}
