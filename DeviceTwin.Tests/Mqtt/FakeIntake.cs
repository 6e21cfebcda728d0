using System.Collections.Concurrent;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Tests.Mqtt;

/// <summary>The store's side of the door: keeps what it is given, and does as the test says.</summary>
internal sealed class FakeIntake : IIntake
{
    private int given;

    /// <summary>Says what becomes of a sighting; may throw for the whole batch.</summary>
    public Func<Sighting, SightingOutcome> Judge { get; set; } = _ => SightingOutcome.Stored;

    /// <summary>Says what becomes of an answer.</summary>
    public Func<Answer, CancellationToken, Task<string?>> Apply { get; set; } =
        (_, _) => Task.FromResult<string?>(null);

    /// <summary>Looks at each report of metrics; may throw for the whole batch.</summary>
    public Action<MetricsReport> JudgeMetrics { get; set; } = _ => { };

    /// <summary>Awaited before a batch of sightings is stored.</summary>
    public Task Open { get; set; } = Task.CompletedTask;

    /// <summary>Awaited before a batch of sightings is stored that are not usual.</summary>
    public Task OpenToOthers { get; set; } = Task.CompletedTask;

    /// <summary>How many batches of sightings were given, stored or not.</summary>
    public int Given => Volatile.Read(ref given);

    public ConcurrentQueue<IReadOnlyList<Sighting>> Batches { get; } = new();

    public ConcurrentQueue<Answer> Answers { get; } = new();

    public ConcurrentQueue<MetricsReport> Metrics { get; } = new();

    public IEnumerable<Sighting> Stored => Batches.SelectMany(batch => batch);

    public async Task<IReadOnlyList<int>> StoreUsualAsync(
        IReadOnlyList<Sighting> batch,
        CancellationToken cancellationToken
    )
    {
        var outcomes = await JudgeAsync(batch, cancellationToken);
        return [.. Enumerable.Range(0, batch.Count).Where(place => outcomes[place] == SightingOutcome.Stored)];
    }

    public async Task<IReadOnlyList<SightingOutcome>> StoreAsync(
        IReadOnlyList<Sighting> batch,
        CancellationToken cancellationToken
    )
    {
        await OpenToOthers.WaitAsync(cancellationToken);
        return await JudgeAsync(batch, cancellationToken);
    }

    private async Task<SightingOutcome[]> JudgeAsync(IReadOnlyList<Sighting> batch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref given);
        await Open.WaitAsync(cancellationToken);
        Assert.Equal(batch.Count, batch.DistinctBy(sighting => sighting.DeviceId).Count());
        SightingOutcome[] outcomes = [.. batch.Select(Judge)];
        Batches.Enqueue([.. batch.Where((_, place) => outcomes[place] == SightingOutcome.Stored)]);
        return outcomes;
    }

    public async Task<string?> ApplyAsync(Answer answer, CancellationToken cancellationToken)
    {
        var reason = await Apply(answer, cancellationToken);
        Answers.Enqueue(answer);
        return reason;
    }

    public Task<int> StoreAsync(IReadOnlyList<MetricsReport> batch, CancellationToken cancellationToken)
    {
        foreach (var report in batch)
        {
            JudgeMetrics(report);
        }

        foreach (var report in batch)
        {
            Metrics.Enqueue(report);
        }

        return Task.FromResult(0);
    }
}
