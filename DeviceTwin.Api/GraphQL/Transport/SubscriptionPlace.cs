namespace DeviceTwin.Api.GraphQL.Transport;

/// <summary>
/// The place of one subscription among those that its caller may have open. The executor takes it when the operation is a
/// subscription, before anything of it is executed; the transport gives it back when the operation has ended.
/// </summary>
/// <param name="places">The places of all callers.</param>
/// <param name="key">The caller.</param>
public sealed class SubscriptionPlace(Places places, string key) : IDisposable
{
    private IDisposable? taken;

    /// <summary>Takes it.</summary>
    /// <exception cref="TransportError">The caller has as many subscriptions as allowed.</exception>
    public void Take() =>
        taken =
            places.TryTake(key)
            ?? throw new TransportError(
                TransportError.TooManySubscriptions,
                $"You have {places.Limit} subscriptions open, on all sockets and streams (graphql.subscriptions.caller)."
            );

    /// <inheritdoc />
    public void Dispose() => taken?.Dispose();
}
