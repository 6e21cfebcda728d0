using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Api.Twins;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Handles set-aside messages again for which somebody asked, once each: what succeeds is no longer kept, what fails is kept with its new reason. Several
/// processes may do so: each takes a lease.
/// </summary>
/// <param name="items">The set-aside items.</param>
/// <param name="handlers">The pumps.</param>
/// <param name="progress">Notes that rounds begin and end.</param>
/// <param name="clock">Paces the rounds.</param>
/// <param name="logger">Takes failures of a round.</param>
internal sealed class SetAsideRetry(
    ISetAsideItems items,
    IEnumerable<ISetAsideHandler> handlers,
    WorkerProgress progress,
    TimeProvider clock,
    ILogger<SetAsideRetry> logger
) : RepeatedWork("set-aside-retry", TimeSpan.FromSeconds(2), progress, StoreFault.Outage, clock, logger)
{
    private const int Most = 20;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private const int HeldAttempts = 10;
    private static readonly TimeSpan HeldPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MeasurePause = TimeSpan.FromSeconds(15);

    private readonly TimeProvider clock = clock;
    private readonly Dictionary<string, ISetAsideHandler> handlers = handlers.ToDictionary(handler => handler.Worker);
    private long? measuredAt;

    /// <inheritdoc/>
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var claimed = await items.ClaimRetriesAsync(Lease, Most, cancellationToken);
        foreach (var item in claimed)
        {
            await RetryAsync(item, cancellationToken);
        }

        if (measuredAt is null || clock.GetElapsedTime(measuredAt.Value) >= MeasurePause)
        {
            await items.MeasureAsync(cancellationToken);
            measuredAt = clock.GetTimestamp();
        }

        return claimed.Count == Most;
    }

    private async Task RetryAsync(SetAsideItem item, CancellationToken cancellationToken)
    {
        Exception fault;
        try
        {
            if (await HandleAsync(item, cancellationToken) is not { } reason)
            {
                await items.RemoveAsync(item, cancellationToken);
                return;
            }

            fault = new MalformedMessageException(reason);
        }
        catch (DeviceHeldException)
        {
            // It is tried again when the lease ends.
            return;
        }
        catch (Exception own) when (!cancellationToken.IsCancellationRequested && !StoreFault.IsUnavailable(own))
        {
            fault = own;
        }

        await items.FailRetryAsync(item, fault, cancellationToken);
    }

    // A device's row is held for moments only.
    private async Task<string?> HandleAsync(SetAsideItem item, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await handlers[item.Worker].RetryAsync(item, cancellationToken);
            }
            catch (DeviceHeldException) when (attempt < HeldAttempts)
            {
                await Task.Delay(HeldPause, clock, cancellationToken);
            }
        }
    }
}
