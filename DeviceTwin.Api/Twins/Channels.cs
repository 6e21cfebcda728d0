namespace DeviceTwin.Api.Twins;

/// <summary>
/// Names of snap channels: <c>track/risk/branch</c>, read as snapd reads them. The track may be left out (it is <c>latest</c>),
/// so may the branch, and the risk of a track alone (it is <c>stable</c>).
/// </summary>
public static class Channels
{
    private static readonly string[] Risks = ["stable", "candidate", "beta", "edge"];

    /// <summary>The rule as a sentence.</summary>
    public static string Rule { get; } =
        $"No channel can have this name: write track/risk/branch, e.g. 2.10/stable; the risk is one of {string.Join(", ", Risks)}.";

    /// <summary>Whether a channel can have this name.</summary>
    /// <param name="name">The name.</param>
    public static bool IsValid(string? name) => Names.IsValid(name) && Parse(name!) is not null;

    /// <summary>Whether two names mean the same channel: <c>latest/stable</c> is <c>stable</c>, <c>2.10</c> is <c>2.10/stable</c>.</summary>
    /// <param name="left">A channel.</param>
    /// <param name="right">Another.</param>
    public static bool AreSame(string? left, string? right)
    {
        var (one, other) = ((left ?? "").Trim(), (right ?? "").Trim());
        return one == other || (Parse(one) is { } channel && channel == Parse(other));
    }

    private static Channel? Parse(string name)
    {
        var parts = name.Split('/');
        if (!Array.TrueForAll(parts, IsPart))
        {
            return null;
        }

        return parts switch
        {
            [var risk] when IsRisk(risk) => new Channel(Channel.DefaultTrack, risk, null),
            [var track] => new Channel(track, Channel.DefaultRisk, null),
            [var risk, var branch] when IsRisk(risk) => new Channel(Channel.DefaultTrack, risk, branch),
            [var track, var risk] when IsRisk(risk) => new Channel(track, risk, null),
            [var track, var risk, var branch] when IsRisk(risk) => new Channel(track, risk, branch),
            _ => null,
        };
    }

    private static bool IsRisk(string part) => Array.IndexOf(Risks, part) >= 0;

    private static bool IsPart(string part) =>
        part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private sealed record Channel(string Track, string Risk, string? Branch)
    {
        public const string DefaultTrack = "latest";
        public const string DefaultRisk = "stable";
    }
}
