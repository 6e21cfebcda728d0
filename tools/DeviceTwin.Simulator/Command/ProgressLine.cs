using System.Globalization;

namespace DeviceTwin.Simulator;

/// <summary>
/// Tells how a fleet is doing: on a terminal one line that is rewritten each second, elsewhere a plain line every ten. What
/// keeps it from its broker gets a line of its own, once.
/// </summary>
internal sealed class ProgressLine(SimulatedFleet fleet, TextWriter output, bool rewrites, TimeProvider time)
{
    private readonly long startedAt = time.GetTimestamp();
    private long lastHeartbeats;
    private string? lastTrouble;

    /// <summary>Writes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var seconds = 0;
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await ticks.WaitForNextTickAsync(cancellationToken))
            {
                await TellTroubleAsync();
                if (rewrites)
                    await output.WriteAsync($"\r{Describe(1)}\e[K");
                else if (++seconds % 10 == 0)
                    await output.WriteLineAsync(Describe(10));
                await output.FlushAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            if (rewrites)
                await output.WriteLineAsync();
        }
    }

    private async Task TellTroubleAsync()
    {
        var trouble = fleet.Counters.Trouble;
        if (trouble == lastTrouble)
            return;
        var line = trouble is null ? "the broker is back" : $"{trouble}; trying again";
        await output.WriteLineAsync(rewrites ? $"\r{line}\e[K" : line);
        lastTrouble = trouble;
    }

    private string Describe(int overSeconds)
    {
        var counters = fleet.Counters;
        var heartbeats = counters.HeartbeatsSent;
        var rate = (heartbeats - lastHeartbeats) / overSeconds;
        lastHeartbeats = heartbeats;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{time.GetElapsedTime(startedAt):hh\\:mm\\:ss} {counters.Connected}/{fleet.Agents.Count} connected, "
                + $"{heartbeats} heartbeats ({rate}/s), {counters.ActionsReceived} actions, {counters.AnswersSent} answers"
        );
    }
}
