using System.Buffers;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Sets messages aside that could not be handled, so that they can be acknowledged without being lost.</summary>
/// <param name="items">Keeps them.</param>
/// <param name="rejections">Counts and logs what cannot be kept either.</param>
/// <param name="outage">Notes that the store is away.</param>
/// <param name="clock">Paces the tries.</param>
internal sealed class FailedMessages(
    ISetAsideItems items,
    RejectionLog rejections,
    StoreOutage outage,
    TimeProvider clock
)
{
    private const string GetPrefix = "get/";

    /// <summary>Sets a message aside; while the store is away it waits.</summary>
    /// <param name="worker">The worker's name.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="payload">The message's content.</param>
    /// <param name="fault">What the last try threw.</param>
    /// <param name="tries">How often it was tried.</param>
    /// <param name="receivedAt">When it was received (UTC).</param>
    /// <param name="stoppingToken">Ends the wait; the message is not acknowledged then.</param>
    /// <param name="asks">Of the twin topics: whether it asks for the twin.</param>
    public async Task SetAsideAsync(
        string worker,
        string deviceId,
        ReadOnlySequence<byte> payload,
        Exception fault,
        int tries,
        DateTime receivedAt,
        CancellationToken stoppingToken,
        bool asks = false
    )
    {
        var key = $"{(asks ? GetPrefix : "")}{Guid.CreateVersion7():N}";
        var item = new FailedItem(key, OrganizationId: null, deviceId, payload.ToArray());
        var backoff = new Backoff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));
        while (true)
        {
            try
            {
                await items.AddAsync(worker, item, fault, tries, receivedAt, stoppingToken);
                return;
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested && StoreFault.IsUnavailable(away))
            {
                outage.Begin(away);
                await Task.Delay(backoff.Next(), clock, stoppingToken);
            }
            catch (Exception refused) when (!stoppingToken.IsCancellationRequested)
            {
                // It must not stay in the way of its device's later messages for ever.
                rejections.Reject(
                    deviceId,
                    $"it cannot be handled ({StoreFault.Reason(fault)}) nor set aside: {StoreFault.Reason(refused)}"
                );
                return;
            }
        }
    }

    /// <summary>Whether the key is that of a message that asks for the twin.</summary>
    /// <param name="key">The key of a set-aside message.</param>
    public static bool Asks(string key) => key.StartsWith(GetPrefix, StringComparison.Ordinal);
}
