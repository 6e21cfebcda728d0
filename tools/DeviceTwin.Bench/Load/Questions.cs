using System.Diagnostics;
using System.Text.Json;

namespace DeviceTwin.Bench.Load;

/// <summary>Asks a GraphQL server the same question on some connections, each as soon as it has its answer.</summary>
internal static class Questions
{
    /// <summary>How many connections ask.</summary>
    public const int Connections = 8;

    /// <summary>Asks for a while.</summary>
    /// <param name="address">The server.</param>
    /// <param name="query">The GraphQL document.</param>
    /// <param name="time">For how long; before it, a fifth of it does not count.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="connections">How many connections.</param>
    public static async Task<Answered> AskAsync(
        Uri address,
        string query,
        TimeSpan time,
        CancellationToken cancellationToken,
        int connections = Connections
    )
    {
        var body = JsonSerializer.Serialize(new { query });
        var start = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds / 5 * Stopwatch.Frequency);
        var end = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var asking = Enumerable
            .Range(0, connections)
            .Select(_ => AskAsync(address, body, start, end, cancellationToken))
            .ToList();
        var latencies = (await Task.WhenAll(asking)).SelectMany(each => each).ToList();
        return new Answered(latencies.Count / time.TotalSeconds, new Latencies(latencies));
    }

    private static async Task<List<double>> AskAsync(
        Uri address,
        string body,
        long start,
        long end,
        CancellationToken cancellationToken
    )
    {
        // Not on the caller's thread, or connections would begin one after the other.
        await Task.Yield();
        using var connection = await HttpConnection.OpenAsync(address, body, cancellationToken);
        var latencies = new List<double>();
        while (true)
        {
            var asked = Stopwatch.GetTimestamp();
            if (asked > end)
            {
                return latencies;
            }

            await connection.AskAsync(cancellationToken);
            if (asked >= start)
            {
                latencies.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }
        }
    }
}

/// <summary>What came of it.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="Latencies">How long each took.</param>
internal sealed record Answered(double PerSecond, Latencies Latencies);
