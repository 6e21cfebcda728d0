using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Stores metrics in batches. They come with QoS 0: there is nothing to acknowledge, and while the store is away the broker waits.</summary>
internal sealed partial class MetricsPump(
    Settings settings,
    InboundChannels channels,
    HeardDevices heard,
    IIntake intake,
    RejectionLog rejections,
    StoreOutage outage,
    TimeProvider clock,
    ILogger<MetricsPump> logger
) : BackgroundService
{
    private readonly Backoff backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await channels.Metrics.Reader.WaitToReadAsync(stoppingToken))
            {
                if (Gather() is { Count: > 0 } batch)
                {
                    await StoreAsync(batch, stoppingToken);
                    await TellHeardAsync(batch, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is in hand is lost: figures that the next minute brings anew.
        }
    }

    private List<MetricsReport> Gather()
    {
        var batch = new List<MetricsReport>();
        while (batch.Count < settings.Mqtt.HeartbeatBatch && channels.Metrics.Reader.TryRead(out var message))
        {
            try
            {
                batch.AddRange(MetricsReader.Read(message.Sender, message.Payload, message.ReceivedAt));
            }
            catch (MalformedMessageException malformed)
            {
                rejections.Reject(message.Sender, malformed.Message);
            }
        }

        return batch;
    }

    private async Task StoreAsync(List<MetricsReport> batch, CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                var leftOut = await intake.StoreAsync(batch, stoppingToken);
                backoff.Reset();
                outage.End();
                if (leftOut > 0)
                {
                    LogLeftOut(leftOut);
                }

                return;
            }
            catch (Exception refused) when (StoreFault.IsRefusedData(refused))
            {
                rejections.Reject(
                    batch[0].DeviceId,
                    $"the store refuses its batch of metrics: {refused.GetBaseException().Message}"
                );
                return;
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested)
            {
                outage.Begin(away);
                await Task.Delay(backoff.Next(), clock, stoppingToken);
            }
        }
    }

    private async Task TellHeardAsync(List<MetricsReport> batch, CancellationToken stoppingToken)
    {
        foreach (var report in batch.DistinctBy(report => report.DeviceId))
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
