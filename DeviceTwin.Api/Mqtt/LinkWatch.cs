namespace DeviceTwin.Api.Mqtt;

/// <summary>
/// Sees that a connection makes no progress though it stands: a write that does not end, messages that find no place while the store works, a
/// subscription that is not answered though nothing stands before the answer.
/// </summary>
/// <param name="outage">Says whether messages wait because nothing can be stored, which a new connection would not change.</param>
/// <param name="limit">For how long nothing may move.</param>
/// <param name="clock">Paces the looks.</param>
internal sealed class LinkWatch(StoreOutage outage, TimeSpan limit, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Watches a connection. Gives the reason, in one line, why it is to be given up.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="subscribing">Ends when the broker has answered the subscriptions.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async Task<string> WatchAsync(BrokerLink link, Task subscribing, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.WhenAny(link.WhenFailed, Task.Delay(Pause, clock, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (FindFault(link, subscribing) is { } fault)
            {
                return fault;
            }
        }
    }

    private string? FindFault(BrokerLink link, Task subscribing)
    {
        if (link.WhenFailed is { IsCompletedSuccessfully: true } failed)
        {
            return $"a message could not be taken or acknowledged: {BrokerFault.Describe(failed.Result)}";
        }

        if (link.WriteTime > limit)
        {
            return $"the broker has taken nothing from us for {limit.TotalSeconds:0} seconds";
        }

        if (link.IdleTime <= limit)
        {
            return null;
        }

        return link.HasWaiting
            ? outage.IsOn
                ? null
                : $"no received message has found its place for {limit.TotalSeconds:0} seconds"
            : subscribing.IsCompleted
                ? null
                : $"the broker has not answered the subscription for {limit.TotalSeconds:0} seconds";
    }
}
