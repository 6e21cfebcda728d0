using System.Globalization;

namespace DeviceTwin.Bench.Soak;

/// <summary>What was seen of the service within a minute, once a second.</summary>
internal sealed class MinuteSamples
{
    /// <summary>How many healthy devices had a heartbeat of the last second, each second.</summary>
    public List<double> Heartbeats { get; } = [];

    /// <summary>The greatest age of a healthy device's last-seen instant, in seconds, each second.</summary>
    public List<double> OldestSeen { get; } = [];

    /// <summary>How many times the service was not ready.</summary>
    public int NotReady { get; set; }

    /// <summary>How many times an earlier request was still without a response, so that none was sent.</summary>
    public int Unanswered { get; set; }

    /// <summary>Requests that were answered with an error.</summary>
    public int Refused { get; set; }

    /// <summary>The service's memory at the end.</summary>
    public double MemoryMegabytes { get; set; }

    /// <summary>Lines of the level error or above that the service has logged since its start.</summary>
    public int ErrorLines { get; set; }

    /// <summary>The numbers of <c>service { … }</c> at the end, by field.</summary>
    public IReadOnlyDictionary<string, double> Counters { get; set; } =
        new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Messages rejected since the start.</summary>
    public double Rejected => Counters.GetValueOrDefault("messagesRejected");

    /// <summary>What is set aside: the sum of all numbers that name it; 0 where the service has none.</summary>
    public double SetAside =>
        Counters
            .Where(counter => counter.Key.Contains("setAside", StringComparison.OrdinalIgnoreCase))
            .Sum(counter => counter.Value);

    /// <summary>The minute in one line, while the soak runs.</summary>
    public string ToLine(int minute, bool isHostile) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"  minute {minute + 1} ({(isHostile ? "hostile" : "baseline")}): {Heartbeats.Average():0.0} heartbeats/s, oldest last-seen {OldestSeen.Max():0.0} s, {MemoryMegabytes:0} MB, rejected {Rejected:0}, set aside {SetAside:0}, not ready {NotReady}, errors logged {ErrorLines}"
        );
}

/// <summary>A minute with what became of the things that were requested in it.</summary>
/// <param name="IsHostile">Whether hostile devices were there.</param>
/// <param name="Samples">What was seen of the service.</param>
/// <param name="Actions">Actions that were requested in it.</param>
/// <param name="Jobs">How many of its jobs have succeeded: one is started.</param>
/// <param name="Convergence">How its change of desired state came about; null where the change was refused.</param>
internal sealed record SoakMinute(
    bool IsHostile,
    MinuteSamples Samples,
    SoakActions Actions,
    double Jobs,
    Convergence? Convergence
);
