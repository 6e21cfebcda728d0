using DeviceTwin.Bench.Reports;
using DeviceTwin.Bench.Surroundings;

namespace DeviceTwin.Bench.Cases;

/// <summary>Something that the service does, measured, and beside it what it cannot exceed here.</summary>
internal interface IBenchCase
{
    /// <summary>One word, the same in every report and after <c>--case</c>.</summary>
    string Name { get; }

    /// <summary>What exactly is measured, from when to when.</summary>
    string Description { get; }

    /// <summary>What the limits are; empty where there is none.</summary>
    string Limit => "";

    /// <summary>What it should reach.</summary>
    string Reach { get; }

    /// <summary>Which database and broker it needs.</summary>
    SiteKind Kind => SiteKind.Servers;

    /// <summary>Stores what has to be there before; called once.</summary>
    Task PrepareAsync(Site site, CancellationToken cancellationToken);

    /// <summary>Measures the service and the limit once.</summary>
    Task<Sample> RunAsync(Site site, CancellationToken cancellationToken);
}

/// <summary>One run.</summary>
/// <param name="Lost">Messages that the service did not take in, and twins that are not what they should be.</param>
/// <param name="Figures">What was measured.</param>
internal sealed record Sample(long Lost, params IReadOnlyList<Figure> Figures);

/// <summary>One figure of a run.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">What it counts, e.g. <c>heartbeats/s</c>.</param>
/// <param name="Value">The service's.</param>
/// <param name="Limit">What it cannot exceed, measured in the same run; null where there is no such thing.</param>
internal sealed record Figure(string Name, string Unit, double Value, double? Limit = null)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name} {Numbers.Text(Value)} {Unit}{(Limit is { } limit ? $" (limit {Numbers.Text(limit)})" : "")}";
}

/// <summary>How much a burst is.</summary>
/// <param name="Messages">How many messages.</param>
/// <param name="Devices">How many devices send them, in turn.</param>
internal sealed record BurstSize(int Messages, int Devices);
