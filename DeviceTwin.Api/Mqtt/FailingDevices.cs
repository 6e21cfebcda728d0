using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;

namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// The devices of which an item failed in a pump that stores batches: the item that failed, which is tried by itself after growing pauses, and the later ones
/// behind it. Used by one loop.
/// </summary>
/// <param name="settings">How often and when an item is tried again, and how many may wait behind it.</param>
/// <param name="capacity">How many devices at most; the items of further ones are set aside at once.</param>
/// <param name="clock">Paces the tries.</param>
internal sealed class FailingDevices<T>(WorkerSettings settings, int capacity, TimeProvider clock)
{
    // So many are tried before the next batch of the others.
    private const int AtOnce = 16;

    private readonly Dictionary<string, FailingDevice<T>> devices = new(StringComparer.Ordinal);

    /// <summary>Adds an item behind one of its device that failed; gives false where none did.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="item">The item.</param>
    public bool TryAdd(string deviceId, T item)
    {
        if (!devices.TryGetValue(deviceId, out var device))
        {
            return false;
        }

        device.Behind.Add(item);
        device.IsSpent |= device.Behind.Count > settings.DevicePending;
        return true;
    }

    /// <summary>An item failed.</summary>
    /// <param name="deviceId">Its device.</param>
    /// <param name="item">The item.</param>
    /// <param name="fault">What it threw.</param>
    /// <param name="isSpent">Whether it is not tried again.</param>
    public void Fail(string deviceId, T item, Exception fault, bool isSpent = false)
    {
        if (!TryAdd(deviceId, item))
        {
            var device = new FailingDevice<T>(deviceId, item) { IsSpent = isSpent || devices.Count >= capacity };
            Note(device, fault);
            devices.Add(deviceId, device);
        }
    }

    /// <summary>How long until something is to be tried or set aside; endless where nothing failed.</summary>
    public TimeSpan DueIn()
    {
        if (devices.Count == 0)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var wait =
            devices.Values.Min(device => device.IsSpent ? DateTimeOffset.MinValue : device.NextAt) - clock.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    /// <summary>
    /// Tries what is due, each by itself, and sets aside what has been tried often enough. Gives the items that waited behind what is done now, in their order.
    /// </summary>
    /// <param name="handle">Handles an item; waits while the store is away.</param>
    /// <param name="setAside">Sets an item aside.</param>
    /// <param name="stoppingToken">Ends it.</param>
    public async Task<IReadOnlyList<T>> HandleDueAsync(
        Func<T, CancellationToken, Task> handle,
        Func<FailingDevice<T>, CancellationToken, Task> setAside,
        CancellationToken stoppingToken
    )
    {
        var released = new List<T>();
        if (devices.Count == 0)
        {
            return released;
        }

        var now = clock.GetUtcNow();
        foreach (
            var device in devices.Values.Where(device => device.IsSpent || device.NextAt <= now).Take(AtOnce).ToList()
        )
        {
            if (device.IsSpent || !await TryAsync(device, handle, stoppingToken))
            {
                if (!device.IsSpent)
                {
                    continue;
                }

                await setAside(device, stoppingToken);
            }

            devices.Remove(device.DeviceId);
            released.AddRange(device.Behind);
        }

        return released;
    }

    private async Task<bool> TryAsync(
        FailingDevice<T> device,
        Func<T, CancellationToken, Task> handle,
        CancellationToken stoppingToken
    )
    {
        try
        {
            await handle(device.Item, stoppingToken);
            return true;
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            Note(device, fault);
            return false;
        }
    }

    private void Note(FailingDevice<T> device, Exception fault)
    {
        device.Fault = fault;
        device.Tries++;
        device.NextAt = clock.GetUtcNow() + settings.PauseAfter(device.Tries);
        device.IsSpent |= device.Tries >= settings.Attempts || StoreFault.IsRefusedData(fault);
    }
}

/// <summary>A device of which an item failed.</summary>
/// <param name="deviceId">The device.</param>
/// <param name="item">The item.</param>
internal sealed class FailingDevice<T>(string deviceId, T item)
{
    /// <summary>The device.</summary>
    public string DeviceId => deviceId;

    /// <summary>The item that failed.</summary>
    public T Item => item;

    /// <summary>The items that came later.</summary>
    public List<T> Behind { get; } = [];

    /// <summary>What the last try threw.</summary>
    public Exception Fault { get; set; } = null!;

    /// <summary>How often it was tried.</summary>
    public int Tries { get; set; }

    /// <summary>When it is tried again.</summary>
    public DateTimeOffset NextAt { get; set; }

    /// <summary>Whether it is set aside next: it was tried often enough, or too many wait behind it.</summary>
    public bool IsSpent { get; set; }
}
