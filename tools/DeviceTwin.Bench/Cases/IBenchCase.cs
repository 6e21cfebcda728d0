using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>One figure of the service, and what it cannot exceed here.</summary>
internal interface IBenchCase
{
    /// <summary>A few words, the same in every report.</summary>
    string Name { get; }

    /// <summary>What exactly is measured, from when to when.</summary>
    string Description { get; }

    /// <summary>What the figures count, e.g. <c>heartbeats/s</c>.</summary>
    string Unit { get; }

    /// <summary>What the limit is.</summary>
    string Limit { get; }

    /// <summary>Stores what has to be there before; called once.</summary>
    Task PrepareAsync(Site site, CancellationToken cancellationToken);

    /// <summary>Measures the service once.</summary>
    Task<Sample> RunAsync(Site site, CancellationToken cancellationToken);

    /// <summary>Measures the limit once, with the same input, in <see cref="Unit"/>.</summary>
    Task<double> RunLimitAsync(Site site, CancellationToken cancellationToken);
}

/// <summary>One run of the service.</summary>
/// <param name="PerSecond">The figure.</param>
/// <param name="Lost">Messages that it did not take in, and twins that are not what they should be.</param>
internal sealed record Sample(double PerSecond, long Lost);

/// <summary>How much a burst is.</summary>
/// <param name="Messages">How many messages.</param>
/// <param name="Devices">How many devices send them, in turn.</param>
internal sealed record BurstSize(int Messages, int Devices)
{
    /// <summary>Whether every device sends.</summary>
    public bool IsPossible => Messages >= Devices;
}
