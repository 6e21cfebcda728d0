using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Operations;

/// <summary>Logs that a worker has stopped to make progress, and that it goes on: one line each.</summary>
/// <param name="progress">Knows it.</param>
/// <param name="settings">How long a worker may take.</param>
/// <param name="clock">Paces the looks.</param>
/// <param name="logger">Takes the lines.</param>
internal sealed partial class StalledWorkers(
    WorkerProgress progress,
    Settings settings,
    TimeProvider clock,
    ILogger<StalledWorkers> logger
) : BackgroundService
{
    private readonly HashSet<string> stalled = new(StringComparer.Ordinal);

    /// <summary>Looks once.</summary>
    public void Look()
    {
        var now = progress.StalledFor(settings.Worker.StalledAfter);
        foreach (var (worker, time) in now)
        {
            if (stalled.Add(worker))
            {
                LogStalled(worker, (long)time.TotalSeconds);
            }
        }

        foreach (var worker in stalled.Except(now.Select(still => still.Worker)).ToList())
        {
            stalled.Remove(worker);
            LogGoesOn(worker);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromSeconds(Math.Clamp(settings.Worker.StalledAfter.TotalSeconds / 10, 0.1, 10));
        while (true)
        {
            Look();
            await Task.Delay(pause, clock, stoppingToken);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The worker {Worker} has work and has made no progress for {Seconds} s: the service is not ready."
    )]
    private partial void LogStalled(string worker, long seconds);

    [LoggerMessage(LogLevel.Information, "The worker {Worker} makes progress again.")]
    private partial void LogGoesOn(string worker);
}
