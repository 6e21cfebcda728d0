namespace DeviceTwin.Api.Hosting;

/// <summary>
/// The places at which workers handle one item. Tests make the handling of a named item fail here; a service in use never does anything.
/// </summary>
public sealed class FaultPoints
{
    /// <summary>Where a heartbeat is read; the item is the device.</summary>
    public const string HeartbeatReader = "heartbeats/read";

    /// <summary>Where metrics are read; the item is the organization.</summary>
    public const string MetricsReader = "metrics/read";

    /// <summary>Called with the worker's name and the item's device, layer, job or key; what it throws is the item's failure.</summary>
    internal Action<string, string>? OnItem { get; set; }

    /// <summary>A worker begins to handle an item.</summary>
    /// <param name="worker">The worker's name.</param>
    /// <param name="item">The device where there is one, else the item's key.</param>
    public void Reach(string worker, string item) => OnItem?.Invoke(worker, item);
}
