using System.Diagnostics;
using System.Globalization;
using DeviceTwin.Bench.Load;
using DeviceTwin.Bench.Surroundings;
using DeviceTwin.Servers;
using DeviceTwin.Simulator;

namespace DeviceTwin.Bench.Soak;

/// <summary>Enrols the fleet, measures minute by minute, turns some devices hostile after the baseline, and waits for what is under way at the end.</summary>
/// <param name="site">Database, broker and service.</param>
/// <param name="options">What the soak is.</param>
/// <param name="console">Takes a line a minute.</param>
internal sealed class SoakRun(Site site, SoakOptions options, TextWriter console) : IAsyncDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EnrollLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ConvergeLimit = TimeSpan.FromMinutes(3);

    /// <summary>From one heartbeat of a device to its next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly SoakRows rows = new(site.Source);
    private readonly List<HostileDevice> hostile = [];
    private readonly List<(DateTime From, DateTime To, MinuteSamples Samples)> measured = [];
    private readonly List<Task<Convergence?>> converging = [];
    private SimulatedFleet fleet = null!;

    /// <summary>Runs it.</summary>
    /// <exception cref="ServerException">The fleet does not enrol.</exception>
    public async Task<SoakResult> RunAsync(CancellationToken cancellationToken)
    {
        await EnrollAsync(cancellationToken);
        string[] ids =
        [
            .. fleet
                .Agents.Select(agent => agent.DeviceId)
                .OrderBy(id => Chance.Fingerprint(string.Create(CultureInfo.InvariantCulture, $"{options.Seed} {id}"))),
        ];
        var (bad, healthy) = (ids[..options.HostileDevices], ids[options.HostileDevices..]);
        await rows.MarkHealthyAsync(healthy, cancellationToken);
        var load = new HealthyLoad(site.Service, rows, healthy);
        await load.CreateGroupsAsync(cancellationToken);
        for (var minute = 0; minute < options.Minutes; minute++)
        {
            if (minute == options.BaselineMinutes)
            {
                await TurnHostileAsync(bad, cancellationToken);
            }

            await MeasureMinuteAsync(load, minute, cancellationToken);
        }

        var sent = hostile.Sum(device => device.Sent);
        await StopHostileAsync();
        return await FinishAsync(sent, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopHostileAsync();
        if (fleet is not null)
        {
            await fleet.DisposeAsync();
        }

        await rows.DisposeAsync();
    }

    private async Task StopHostileAsync()
    {
        await Task.WhenAll(hostile.Select(device => device.DisposeAsync().AsTask()));
        hostile.Clear();
    }

    private async Task EnrollAsync(CancellationToken cancellationToken)
    {
        fleet = new SimulatedFleet(
            new SimulatorOptions
            {
                Devices = options.Devices,
                Organization = SoakOptions.Organization,
                Interval = Interval,
                Port = site.BrokerPort,
                Seed = options.Seed,
                SharedConnections = Math.Max(1, options.Devices / 20),
                OlderAgentShare = 0,
                SnapdDelay = Second,
            }
        );
        await console.WriteLineAsync($"{options.Devices} devices enrol");
        fleet.Start();
        var started = Stopwatch.GetTimestamp();
        while (await rows.CountEnrolledAsync(cancellationToken) < options.Devices)
        {
            if (Stopwatch.GetElapsedTime(started) > EnrollLimit)
            {
                throw new ServerException($"Not all devices have enrolled after {EnrollLimit.TotalMinutes} minutes.");
            }

            await Task.Delay(Second, cancellationToken);
        }
    }

    private async Task TurnHostileAsync(string[] deviceIds, CancellationToken cancellationToken)
    {
        await console.WriteLineAsync($"{deviceIds.Length} devices turn hostile");
        foreach (var deviceId in deviceIds)
        {
            await fleet[deviceId].GoAwayAsync(cancellationToken);
            hostile.Add(HostileDevice.Start(deviceId, site.BrokerPort, options.Seed));
        }
    }

    private async Task MeasureMinuteAsync(HealthyLoad load, int minute, CancellationToken cancellationToken)
    {
        var samples = new MinuteSamples();
        var from = TwinRows.Now();
        var asking = Task.CompletedTask;
        var requests = new List<Task>();
        await Pace.RunAsync(
            Second,
            Minute,
            async second =>
            {
                // Requests must not hold up the sampling: a service that hangs is what is looked for.
                if (second == 5)
                {
                    requests.Add(
                        TryAsync(samples, () => load.StartJobAsync(minute, cancellationToken), cancellationToken)
                    );
                }
                else if (second == 10)
                {
                    converging.Add(ConvergeAsync(load, minute, samples, cancellationToken));
                }

                if (asking.IsCompleted)
                {
                    asking = TryAsync(samples, () => load.RequestActionsAsync(cancellationToken), cancellationToken);
                }
                else
                {
                    samples.Unanswered++;
                }

                samples.Heartbeats.Add(await rows.CountHeartbeatsAsync(cancellationToken));
                samples.OldestSeen.Add(await rows.OldestSeenAsync(cancellationToken));
                samples.NotReady += await site.Service.IsReadyNowAsync(cancellationToken) ? 0 : 1;
            },
            cancellationToken
        );
        samples.MemoryMegabytes = site.Service.Use.ResidentBytes() / 1e6;
        samples.ErrorLines = site.Service.CountErrorLines();
        await TryAsync(
            samples,
            async () => samples.Counters = await ServiceCounts.ReadAsync(site.Service, cancellationToken),
            cancellationToken
        );
        measured.Add((from, TwinRows.Now(), samples));
        await console.WriteLineAsync(samples.ToLine(minute, minute >= options.BaselineMinutes));
        // What is still without a response counts for the minute in which it was sent.
        await Task.WhenAll([asking, .. requests]);
    }

    private async Task<Convergence?> ConvergeAsync(
        HealthyLoad load,
        int minute,
        MinuteSamples samples,
        CancellationToken cancellationToken
    )
    {
        Convergence? convergence = null;
        await TryAsync(
            samples,
            async () => convergence = await load.ConvergeAsync(minute, ConvergeLimit, cancellationToken),
            cancellationToken
        );
        return convergence;
    }

    private async Task TryAsync(MinuteSamples samples, Func<Task> request, CancellationToken cancellationToken)
    {
        try
        {
            await request();
        }
        catch (Exception refused)
            when (refused is ServerException or HttpRequestException or OperationCanceledException
                && !cancellationToken.IsCancellationRequested
            )
        {
            samples.Refused++;
            await console.WriteLineAsync(refused.Message);
        }
    }

    private async Task<SoakResult> FinishAsync(long sent, CancellationToken cancellationToken)
    {
        var convergences = await Task.WhenAll(converging);
        var (from, to) = (measured[0].From, measured[^1].To);
        var started = Stopwatch.GetTimestamp();
        while (
            await rows.ActionsAsync(from, to, cancellationToken) is { } actions
            && actions.Completed < actions.Requested
            && Stopwatch.GetElapsedTime(started) < Minute
        )
        {
            await Task.Delay(Second, cancellationToken);
        }

        var minutes = new List<SoakMinute>();
        for (var minute = 0; minute < measured.Count; minute++)
        {
            var (start, end, samples) = measured[minute];
            minutes.Add(
                new SoakMinute(
                    minute >= options.BaselineMinutes,
                    samples,
                    await rows.ActionsAsync(start, end, cancellationToken),
                    await rows.CountJobsAsync(start, end, cancellationToken),
                    convergences[minute]
                )
            );
        }

        return new SoakResult(minutes, sent, await rows.CountAwayAsync(cancellationToken));
    }
}
