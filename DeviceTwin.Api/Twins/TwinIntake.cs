namespace DeviceTwin.Api.Twins;

/// <summary>What the devices' door calls.</summary>
/// <param name="sightings">Takes in heartbeats.</param>
/// <param name="answers">Takes in answers.</param>
/// <param name="metrics">Takes in metrics.</param>
public sealed class TwinIntake(Sightings sightings, AnswerBatches answers, MetricsIntake metrics) : IIntake
{
    /// <inheritdoc />
    public Task<IReadOnlyList<int>> StoreUsualAsync(
        IReadOnlyList<Sighting> batch,
        CancellationToken cancellationToken
    ) => sightings.StoreUsualAsync(batch, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<SightingOutcome>> StoreAsync(
        IReadOnlyList<Sighting> batch,
        CancellationToken cancellationToken
    ) => sightings.StoreAsync(batch, cancellationToken);

    /// <inheritdoc />
    public Task<string?> ApplyAsync(Answer answer, CancellationToken cancellationToken) =>
        answers.ApplyAsync(answer, cancellationToken);

    /// <inheritdoc />
    public Task<int> StoreAsync(IReadOnlyList<MetricsReport> batch, CancellationToken cancellationToken) =>
        metrics.StoreAsync(batch, cancellationToken);
}
