using System.Buffers;
using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Stores metrics in batches. They come with QoS 0: there is nothing to acknowledge, and while the store is away the broker waits. A device whose metrics
/// fail is tried apart from the others.
/// </summary>
internal sealed partial class MetricsPump(
    InboundChannels channels,
    HeardDevices heard,
    IIntake intake,
    PumpParts parts,
    ILogger<MetricsPump> logger
) : BackgroundService, ISetAsideHandler
{
    private readonly Backoff backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));

    private readonly FailingDevices<MetricsReport> failing = new(
        parts.Settings.Worker,
        parts.Settings.Mqtt.IntakeCapacity,
        parts.Clock
    );

    // What is stored next.
    private readonly List<MetricsReport> batch = [];

    /// <inheritdoc/>
    public string Worker => WorkerNames.Metrics;

    /// <inheritdoc/>
    public async Task<string?> RetryAsync(SetAsideItem item, CancellationToken cancellationToken)
    {
        try
        {
            var reports = MetricsReader.Read(
                item.OrganizationId ?? "",
                new ReadOnlySequence<byte>(item.Payload!),
                item.FirstFailedAt
            );
            return await intake.StoreAsync(reports, cancellationToken) > 0
                ? "the device is not known, deleted or of another organization"
                : null;
        }
        catch (MalformedMessageException malformed)
        {
            return malformed.Message;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await WaitForMoreAsync(stoppingToken);
                parts.Progress.HasWork(WorkerNames.Metrics);
                Gather();
                await FlushAsync(stoppingToken);
                batch.AddRange(await failing.HandleDueAsync(StoreOneAsync, SetAsideAsync, stoppingToken));
                parts.Progress.Idle(WorkerNames.Metrics);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is in hand is lost: figures that the next minute brings again.
        }
    }

    private async Task WaitForMoreAsync(CancellationToken stoppingToken)
    {
        var pause = failing.DueIn();
        if (batch.Count > 0 || pause == TimeSpan.Zero)
        {
            return;
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(
            channels.Metrics.Reader.WaitToReadAsync(enough.Token).AsTask(),
            Task.Delay(pause, parts.Clock, enough.Token)
        );
        await enough.CancelAsync();
        stoppingToken.ThrowIfCancellationRequested();
    }

    private void Gather()
    {
        while (batch.Count < parts.Settings.Mqtt.HeartbeatBatch && channels.Metrics.Reader.TryRead(out var message))
        {
            try
            {
                parts.Faults.Reach(FaultPoints.MetricsReader, message.Sender);
                var reports = MetricsReader.Read(message.Sender, message.Payload, message.ReceivedAt);
                batch.AddRange(reports.Where(report => !failing.TryAdd(report.DeviceId, report)));
            }
            catch (MalformedMessageException malformed)
            {
                parts.Rejections.Reject(message.Sender, malformed.Message);
            }
            catch (Exception fault) when (fault is not MalformedMessageException)
            {
                // The reader's own fault: the next minute brings other figures, and the others' go on.
                parts.Rejections.Reject(message.Sender, $"it cannot be read: {StoreFault.Reason(fault)}");
            }
        }
    }

    private async Task FlushAsync(CancellationToken stoppingToken)
    {
        MetricsReport[] reports = [.. batch];
        batch.Clear();
        await Halves.HandleAsync(
            reports,
            StoreAsync,
            (report, fault, _) =>
            {
                failing.Fail(report.DeviceId, report, fault);
                return Task.CompletedTask;
            },
            stoppingToken
        );
    }

    private Task StoreOneAsync(MetricsReport report, CancellationToken stoppingToken) =>
        StoreAsync([report], stoppingToken);

    // While the store is away it waits: nobody else's could be stored either.
    private async Task StoreAsync(IReadOnlyList<MetricsReport> reports, CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                var leftOut = await intake.StoreAsync(reports, stoppingToken);
                backoff.Reset();
                parts.Outage.End();
                if (leftOut > 0)
                {
                    LogLeftOut(leftOut);
                }

                await TellHeardAsync(reports, stoppingToken);
                return;
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested && StoreFault.IsUnavailable(away))
            {
                parts.Outage.Begin(away);
                await Task.Delay(backoff.Next(), parts.Clock, stoppingToken);
            }
        }
    }

    private Task SetAsideAsync(FailingDevice<MetricsReport> device, CancellationToken stoppingToken) =>
        parts.Failed.SetAsideAsync(
            WorkerNames.Metrics,
            device.DeviceId,
            MetricsReader.Write(device.Item),
            device.Fault,
            device.Tries,
            device.Item.ReceivedAt,
            stoppingToken
        );

    private async Task TellHeardAsync(IReadOnlyList<MetricsReport> reports, CancellationToken stoppingToken)
    {
        foreach (var report in reports.DistinctBy(report => report.DeviceId))
        {
            await heard.AddAsync(
                new Sighting(report.DeviceId, report.OrganizationId, null, report.ReceivedAt),
                stoppingToken
            );
        }
    }

    [LoggerMessage(
        LogLevel.Debug,
        "Left out {Count} lines of metrics: of devices that are not known, deleted or of another organization."
    )]
    private partial void LogLeftOut(int count);
}
