namespace DeviceTwin.Api.Twins.Reporting;

/// <summary>What devices say and ask on the twin topics. The devices' door calls it, and acknowledges to the broker when its answer is out.</summary>
public interface ITwinTopics
{
    /// <summary>
    /// Applies a patch, in one transaction. Gives null where the twin is deleted: the message is ignored then. Throws when the store is
    /// away, or <see cref="DeviceHeldException"/> when another transaction holds the device's row: nothing is changed then, try again.
    /// </summary>
    /// <param name="patch">The patch.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    Task<ReportedOutcome?> ApplyAsync(ReportedPatch patch, CancellationToken cancellationToken);

    /// <summary>The answer to a message that is no patch. Gives null where the twin is deleted.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<ReportedOutcome?> RefuseAsync(string deviceId, string reason, CancellationToken cancellationToken);

    /// <summary>Reads a twin for its device; null where it is not known or deleted.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<TwinDocument?> ReadAsync(string deviceId, CancellationToken cancellationToken);
}

/// <summary>What the devices' door calls.</summary>
/// <param name="patches">Applies patches.</param>
/// <param name="documents">Reads twins.</param>
public sealed class TwinTopics(ReportedPatches patches, TwinDocuments documents) : ITwinTopics
{
    /// <inheritdoc />
    public Task<ReportedOutcome?> ApplyAsync(ReportedPatch patch, CancellationToken cancellationToken) =>
        patches.ApplyAsync(patch, cancellationToken);

    /// <inheritdoc />
    public Task<ReportedOutcome?> RefuseAsync(string deviceId, string reason, CancellationToken cancellationToken) =>
        patches.RefuseAsync(deviceId, reason, cancellationToken);

    /// <inheritdoc />
    public Task<TwinDocument?> ReadAsync(string deviceId, CancellationToken cancellationToken) =>
        documents.ReadAsync(deviceId, cancellationToken);
}
